#[cfg(feature = "never")]
#[test]
fn buys_something() {
    client().get("/").send();
}
