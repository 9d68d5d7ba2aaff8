//! Packages that only tests of the others use.

/// The packages that only tests of the others use: each is a development dependency and nothing else, no program, and not
/// published for others.
///
/// `packages` says of each its name, whether it is a program or published, and by what names it depends on others, for its product
/// and for its tests. A tree without a program is a library, which its own examples may well need for tests alone.
pub(super) fn only_in_tests<'p>(packages: &[Needs<'p>]) -> Vec<&'p str> {
    let mut support: Vec<&str> = Vec::new();
    if !packages.iter().any(|package| package.is_program) {
        return support;
    }
    loop {
        let is_support = |package: &&Needs<'p>| {
            let others = || packages.iter().filter(|other| other.name != package.name);
            let serves = |other: &Needs<'_>| !other.is_aside && !support.contains(&other.name);
            !package.is_program
                && !package.is_published
                && !support.contains(&package.name)
                && (others().any(|other| other.tests.contains(&package.name) || other.product.contains(&package.name))
                    || is_of_integration_tests(package.name))
                && !others().any(|other| serves(other) && other.product.contains(&package.name))
        };
        let found: Vec<&str> = packages.iter().filter(is_support).map(|package| package.name).collect();
        if found.is_empty() {
            return support;
        }
        support.extend(found);
    }
}

/// Whether a library that nothing needs holds the tests of the whole, as its name says: `shop-integration`.
fn is_of_integration_tests(name: &str) -> bool {
    name.rsplit(['-', '_']).find(|word| !matches!(*word, "test" | "tests")) == Some("integration")
}

/// What a package needs of the others of its tree.
#[derive(Clone, Debug)]
pub(super) struct Needs<'p> {
    /// Its name.
    pub(super) name: &'p str,
    /// Whether it can be started.
    pub(super) is_program: bool,
    /// Whether people outside of the tree are meant to use it.
    pub(super) is_published: bool,
    /// Whether its place already says that it is no product.
    pub(super) is_aside: bool,
    /// What its product needs.
    pub(super) product: Vec<&'p str>,
    /// What only its tests need.
    pub(super) tests: Vec<&'p str>,
}
