//! A running service with a database and a cache of its own, and a client for it.

use parcel::{App, routes, settings::Settings};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

/// A service under test.
pub struct Service {
    client: Client,
    base: String,
}

impl Service {
    /// Starts one on a free port, with the database that CI provides.
    pub async fn start() -> Self {
        let settings: Settings = serde_json::from_str(&std::fs::read_to_string("tests/settings/valid.json").unwrap()).unwrap();
        let app = App::start(settings).await.unwrap();
        sqlx::migrate!().run(&app.pool).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes::router(app)).await });
        Self { client: Client::new(), base }
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.base))
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.base))
    }

    pub fn delete(&self, path: &str) -> RequestBuilder {
        self.client.delete(format!("{}{path}", self.base))
    }

    /// Signs the seeded sender in.
    pub async fn sign_in(&self, email: &str) -> Value {
        let login = json!({ "email": email, "password": "correct horse", "code": totp() });
        self.post("/v1/auth/login").json(&login).send().await.unwrap().json().await.unwrap()
    }

    /// Books a parcel of half a kilogram.
    pub async fn book(&self, token: &str) -> Uuid {
        let booking = json!({ "grams": 500, "recipient": "Bob", "recipient_email": "bob@example.org" });
        let answer = self.post("/v1/parcels").bearer_auth(token).json(&booking).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().parse().unwrap()
    }
}

fn totp() -> String {
    totp_rs::TOTP::new(totp_rs::Algorithm::SHA1, 6, 1, 30, vec![7; 20]).unwrap().generate_current().unwrap()
}
