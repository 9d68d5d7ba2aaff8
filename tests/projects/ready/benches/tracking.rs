//! How long sealing a recipient takes: it stands in the way of every booking.

use criterion::{Criterion, criterion_group, criterion_main};
use parcel::crypto::Cipher;

fn seal(criterion: &mut Criterion) {
    let cipher = Cipher::new(&"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=".into()).expect("a key");
    criterion.bench_function("seal a recipient", |bencher| {
        bencher.iter(|| cipher.encrypt_field("Ann Example, Main Street 1, 12345 Town"));
    });
}

criterion_group!(benches, seal);
criterion_main!(benches);
