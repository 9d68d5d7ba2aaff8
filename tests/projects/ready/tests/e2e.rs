//! The journeys of docs/journeys.md, as a sender walks them.

mod common;

use common::Service;
use serde_json::{Value, json};

#[tokio::test]
async fn sign_in_with_a_second_factor() {
    let service = Service::start().await;
    let tokens = service.sign_in("ann@example.org").await;
    assert!(tokens["access_token"].is_string());
}

#[tokio::test]
async fn book_a_parcel() {
    let service = Service::start().await;
    let tokens = service.sign_in("ann@example.org").await;
    service.book(tokens["access_token"].as_str().unwrap()).await;
}

#[tokio::test]
async fn track_a_parcel_until_it_is_delivered() {
    let service = Service::start().await;
    let sender = service.sign_in("ann@example.org").await;
    let carrier = service.sign_in("carrier@example.org").await;
    let id = service.book(sender["access_token"].as_str().unwrap()).await;
    for status in ["picked up", "in transit", "delivered"] {
        let token = carrier["access_token"].as_str().unwrap();
        let event = json!({ "status": status });
        service.post(&format!("/v1/parcels/{id}/events")).bearer_auth(token).json(&event).send().await.unwrap();
    }
    let token = sender["access_token"].as_str().unwrap();
    let shown = service.get(&format!("/v1/parcels/{id}")).bearer_auth(token).send().await.unwrap();
    assert_eq!(shown.json::<Value>().await.unwrap()["status"], "delivered");
}

#[tokio::test]
async fn cancel_a_parcel_that_nobody_picked_up() {
    let service = Service::start().await;
    let tokens = service.sign_in("ann@example.org").await;
    let token = tokens["access_token"].as_str().unwrap();
    let id = service.book(token).await;
    let answer = service.delete(&format!("/v1/parcels/{id}")).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), 204);
}
