#[test]
#[ignore]
fn orders() {
    client().get("/orders").send();
}

// #[test]
// fn shop() { client().get("/").send(); }
