//! Every operation of the interface, against a real database and cache.

mod common;

use common::Service;
use serde_json::{Value, json};

#[tokio::test]
async fn it_is_ready_once_database_and_cache_answer() {
    let service = Service::start().await;
    assert_eq!(service.get("/readyz").send().await.unwrap().status(), 200);
    assert_eq!(service.get("/livez").send().await.unwrap().status(), 200);
    assert_eq!(service.get("/metrics").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn nobody_signs_in_without_the_second_factor() {
    let service = Service::start().await;
    let login = json!({ "email": "ann@example.org", "password": "correct horse", "code": "000000" });
    assert_eq!(service.post("/v1/auth/login").json(&login).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_refresh_token_is_good_once() {
    let service = Service::start().await;
    let tokens = service.sign_in("ann@example.org").await;
    let refresh = json!({ "refresh_token": tokens["refresh_token"] });
    assert_eq!(service.post("/v1/auth/refresh").json(&refresh).send().await.unwrap().status(), 200);
    assert_eq!(service.post("/v1/auth/refresh").json(&refresh).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_parcel_is_booked_listed_shown_and_cancelled() {
    let service = Service::start().await;
    let tokens = service.sign_in("ann@example.org").await;
    let token = tokens["access_token"].as_str().unwrap();
    let booking = json!({ "grams": 500, "recipient": "Bob", "recipient_email": "bob@example.org" });
    let answer = service.post("/v1/parcels").bearer_auth(token).json(&booking).send().await.unwrap();
    let id = answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();

    let list: Value = service.get("/v1/parcels").bearer_auth(token).send().await.unwrap().json().await.unwrap();
    assert_eq!(list.as_array().unwrap().len(), 1);
    let shown = service.get(&format!("/v1/parcels/{id}")).bearer_auth(token).send().await.unwrap();
    assert_eq!(shown.status(), 200);
    let cancelled = service.delete(&format!("/v1/parcels/{id}")).bearer_auth(token).send().await.unwrap();
    assert_eq!(cancelled.status(), 204);
}

#[tokio::test]
async fn only_carriers_add_events() {
    let service = Service::start().await;
    let sender = service.sign_in("ann@example.org").await;
    let id = service.book(sender["access_token"].as_str().unwrap()).await;
    let carrier = service.sign_in("carrier@example.org").await;
    for (tokens, expected) in [(&sender, 403), (&carrier, 201)] {
        let token = tokens["access_token"].as_str().unwrap();
        let event = json!({ "status": "picked up" });
        let answer = service.post(&format!("/v1/parcels/{id}/events")).bearer_auth(token).json(&event).send().await.unwrap();
        assert_eq!(answer.status(), expected);
    }
    let token = sender["access_token"].as_str().unwrap();
    let events = service.get(&format!("/v1/parcels/{id}/events")).bearer_auth(token).send().await.unwrap();
    assert_eq!(events.json::<Value>().await.unwrap().as_array().unwrap().len(), 1);
}
