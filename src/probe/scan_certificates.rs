//! `@scan.certificates(path…)`: certificates in the tree: how long they hold, and how strong they are.

use super::file::Globs;
use super::scan_permissions::holds_private_key;
use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::production::{Stage, Standing, is_example, is_fixture, stage_of_path};
use crate::quantity::Quantity;
use crate::source::Span;
use crate::tree::path::folder_of;
use crate::tree::{Content, File};
use x509_cert::Certificate;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode as _, DecodePem as _};

/// Certificates with fewer days left than this have to be replaced now.
const DUE: i64 = 7;
/// Certificates with fewer days left than this are not proof that somebody renews them.
const SOON: i64 = 30;
/// Files above this size hold no certificate.
const MAX_BYTES: u64 = 1_000_000;
/// More certificates than this in one file are a bundle of authorities.
const MOST: usize = 5;

/// `@scan.certificates(path…)`.
pub static PROBE: Probe = Probe {
    name: "scan.certificates",
    summary: "Server certificates in files of these paths, by their purpose, hosts, name or use, outside of tests and examples; yields the days that are left. `good` \
              keeps those with 30 days left and a strong key, `bad` those that are expired, expire within 7 days or are weak, \
              `self_signed` those that nobody else signed",
    usage: "@scan.certificates(glob…) {good, bad, self_signed}",
    arity: (1, usize::MAX),
    patterns_from: None,
    facts: &[],
    options: &["good", "bad", "self_signed"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let globs = Globs::of(question.words_from(0));
    let mut answer = Answer::default();
    for file in globs.files(facts).map(|(_, file)| file).filter(|file| file.len <= MAX_BYTES) {
        let read = certificates(file);
        let aside = is_fixture(&file.path)
            || is_example(&file.path)
            || matches!(stage_of_path(&file.path), Stage::Never(_))
            || facts.test_data().holds(facts, &file.path);
        let is_bundle = read.len() > MOST;
        for (span, certificate) in read {
            let place = Place { path: file.path.clone(), span };
            let certificate = match certificate {
                Ok(certificate) => certificate,
                Err(why) if !aside => {
                    answer.blind.push(Blind { place: Some(place), why: format!("not a certificate: {why}") });
                    continue;
                }
                Err(_) => continue,
            };
            let found = Found::of(&certificate, facts.now.as_second());
            let sighting = Sighting::new(place, Strength::Measured, found.message());
            let purpose = || purpose(facts, &file.path, &certificate);
            let why = if aside {
                Some("of tests or examples")
            } else if let Some(why) = found.of_a_developer() {
                Some(why)
            } else if is_bundle || found.is_authority || is_named_for_an_authority(file.name()) {
                Some("of an authority")
            } else {
                match purpose() {
                    Purpose::Server if is_for_development(facts, &file.path) => Some("of an image for development"),
                    Purpose::Server if is_made_for_tests(facts, &file.path) => Some("made by a script of tests"),
                    Purpose::Server => None,
                    Purpose::Other => Some("for something else than a server"),
                    Purpose::Unsaid => Some("nothing says that a server shows it"),
                }
            };
            if let Some(why) = why {
                answer.notes.push(Sighting { message: format!("{} ({why})", sighting.message), ..sighting });
                continue;
            }
            if question.is_set("good") && has_key_beside(facts, file) {
                let message = format!("{} (its private key lies in the tree)", sighting.message);
                answer.notes.push(Sighting { message, ..sighting });
                continue;
            }
            let wanted = [("good", found.is_good()), ("bad", found.is_bad()), ("self_signed", found.is_self_signed)];
            let asked = wanted.iter().any(|(option, _)| question.is_set(option));
            let kept = !asked || wanted.iter().any(|(option, holds)| question.is_set(option) && *holds);
            if asked && kept {
                answer.seen.push(sighting);
            } else if kept {
                answer
                    .seen
                    .push(sighting.with(Observed::Quantity(Quantity::seconds(found.days_left as f64 * 86_400.0))));
            } else {
                answer.notes.push(sighting);
            }
        }
    }
    answer
}

/// Whether the tree shows the private key too, in the same file or under the same name beside it: whoever reads the tree
/// can pass for that server.
fn has_key_beside(facts: &Facts<'_>, certificate: &File) -> bool {
    let (folder, own) = (folder_of(&certificate.path), bare(certificate.name()));
    let is_of_it = |file: &File| folder_of(&file.path) == folder && bare(file.name()) == own;
    facts.tree.files().iter().any(|file| file.len <= MAX_BYTES && is_of_it(file) && holds_private_key(file))
}

/// Whether a certificate has the name of one that signs others: `ca.crt`, `root-ca.pem`.
fn is_named_for_an_authority(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or("", |(stem, _)| stem).to_lowercase();
    stem.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "ca" | "cacert" | "cacerts" | "rootca"))
}

/// The words of a file's name that say whose it is, without those that tell a key from its certificate.
fn bare(name: &str) -> Vec<String> {
    const PARTS: &[&str] = &[
        "key",
        "private",
        "priv",
        "privkey",
        "cert",
        "certificate",
        "chain",
        "fullchain",
        "public",
        "pem",
        "crt",
        "cer",
        "der",
    ];
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !PARTS.contains(word));
    words.map(str::to_owned).collect()
}

/// What a certificate is for.
enum Purpose {
    /// A server shows it.
    Server,
    /// It signs code, or a client or a person shows it.
    Other,
    /// Neither it nor anything around it says.
    Unsaid,
}

const SERVER_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const ANY_PURPOSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

/// What it states itself that it is not for decides; else its path and who serves that file. That it is for a server,
/// names hosts, or lies under such a name, says nothing of one that lies beside code and that nobody uses.
fn purpose(facts: &Facts<'_>, path: &str, certificate: &Certificate) -> Purpose {
    use x509_cert::ext::pkix::name::GeneralName;
    use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectAltName};
    let body = certificate.tbs_certificate();
    let usage = body.get_extension::<ExtendedKeyUsage>().ok().flatten();
    let serves = usage.map(|(_, usage)| usage.0.iter().any(|one| [SERVER_AUTHENTICATION, ANY_PURPOSE].contains(one)));
    if serves == Some(false) {
        return Purpose::Other;
    }
    let names = body.get_extension::<SubjectAltName>().ok().flatten();
    let is_host = |name: &GeneralName| matches!(name, GeneralName::DnsName(_) | GeneralName::IpAddress(_));
    let of_hosts = || names.is_some_and(|(_, names)| names.0.iter().any(is_host));
    let is_said = is_named_for_servers(path) || serves == Some(true) || of_hosts();
    if is_served(facts, path) || is_said && (!is_beside_code(path) || is_used(facts, path)) {
        return Purpose::Server;
    }
    Purpose::Unsaid
}

/// Whether a word of the path says so: `deploy/tls/tls.crt`, `server.pem`, `fullchain.pem`.
fn is_named_for_servers(path: &str) -> bool {
    const WORDS: &[&str] =
        &["tls", "ssl", "https", "server", "nginx", "ingress", "gateway", "web", "www", "site", "domain", "fullchain"];
    let lower = path.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word))
}

/// Whether a setting hands the file to a server: a line with its name and a word of TLS.
fn is_served(facts: &Facts<'_>, path: &str) -> bool {
    const KINDS: &[&str] = &["conf", "cfg", "yaml", "yml", "toml", "tf", "json", "hcl", "ini", "properties", "env"];
    let name = path.rsplit('/').next().unwrap_or(path);
    let says = |line: &str| {
        let lower = line.to_lowercase();
        line.contains(name) && ["ssl", "tls", "https"].iter().any(|word| lower.contains(word))
    };
    facts.tree.files().iter().any(|file| {
        let extension = file.name().rsplit_once('.').map_or("", |(_, extension)| extension);
        let is_setting = KINDS.contains(&extension) || file.name() == "Caddyfile" || file.name() == "Dockerfile";
        let is_read = is_setting && file.len <= MAX_BYTES && !is_fixture(&file.path) && !is_example(&file.path);
        is_read
            && file.text().is_some_and(|source| {
                let text = source.text();
                memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some() && text.lines().any(says)
            })
    })
}

/// Whether a file lies in a folder of code, where certificates serve tests more often than users.
fn is_beside_code(path: &str) -> bool {
    path.split('/')
        .rev()
        .skip(1)
        .any(|folder| matches!(folder, "src" | "lib" | "libs" | "crates" | "assets" | "pkg" | "internal"))
}

/// Whether code that ships or a setting names the file, or a volume its folder; one that only tests name is theirs.
fn is_used(facts: &Facts<'_>, path: &str) -> bool {
    settings_naming(facts, path).next().is_some() || is_in_code(facts, path)
}

/// Whether code that ships names the file.
fn is_in_code(facts: &Facts<'_>, path: &str) -> bool {
    facts.code().product(facts).any(|file| file.code(facts).is_some_and(|code| names(code.product(), path)))
}

/// Whether all that names the file builds or starts what developers run: images and services that production has not.
fn is_for_development(facts: &Facts<'_>, path: &str) -> bool {
    let containers = facts.containers();
    let is_aside = |file: &File| {
        let image = containers.images.iter().find(|image| image.path == file.path);
        let mut services = containers.services.iter().filter(|service| service.place.path == file.path).peekable();
        let is_of_services = services.peek().is_some() && services.all(|service| !service.is_production());
        image.is_some_and(|image| image.standing != Standing::Production) || is_of_services
    };
    let mut naming = settings_naming(facts, path).peekable();
    naming.peek().is_some() && naming.all(is_aside) && !is_in_code(facts, path)
}

/// Whether a script that is called so makes the file for tests: `generate-test-certs.sh`.
fn is_made_for_tests(facts: &Facts<'_>, path: &str) -> bool {
    const WORDS: &[&str] = &["test", "tests", "testing", "dev", "development", "local"];
    let is_so_called = |file: &File| {
        let stem = file.name().strip_suffix(".sh").unwrap_or("").to_lowercase();
        stem.split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word))
    };
    let makes = |file: &File| file.text().is_some_and(|source| makes(source.text(), path));
    facts.tree.files().iter().any(|file| is_so_called(file) && makes(file))
}

/// The settings, outside of tests and examples, that name the file or have a volume of its folder.
fn settings_naming<'f>(facts: &'f Facts<'_>, path: &'f str) -> impl Iterator<Item = &'f File> {
    const KINDS: &[&str] = &[
        "conf",
        "cfg",
        "yaml",
        "yml",
        "toml",
        "tf",
        "json",
        "hcl",
        "ini",
        "properties",
        "env",
        "sh",
        "service",
        "tpl",
    ];
    facts.tree.files().iter().filter(move |file| {
        let extension = file.name().rsplit_once('.').map_or("", |(_, extension)| extension);
        let is_setting = KINDS.contains(&extension) || matches!(file.name(), "Caddyfile" | "Dockerfile" | "Makefile");
        let is_read = is_setting && file.len <= MAX_BYTES && !is_fixture(&file.path) && !is_example(&file.path);
        is_read && file.text().is_some_and(|source| names(source.text(), path) && !makes(source.text(), path))
    })
}

/// Whether a text makes the file: `openssl x509 … -out server.crt`.
fn makes(text: &str, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    text.split("-out ").skip(1).any(|rest| {
        let made = rest.split_whitespace().next().unwrap_or("").trim_matches(['"', '\'']);
        made.rsplit('/').next() == Some(name)
    })
}

/// Whether a text has the name of a file, or its folder as a volume.
fn names(text: &str, path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mount = folders.rsplit('/').next().filter(|folder| !folder.is_empty()).map(|folder| format!("{folder}:/"));
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    has(name) || mount.as_deref().is_some_and(has)
}

/// What one certificate says.
struct Found {
    subject: String,
    is_of_one_machine: bool,
    days_left: i64,
    is_self_signed: bool,
    is_authority: bool,
    weakness: Option<&'static str>,
}

impl Found {
    fn of(certificate: &Certificate, now: i64) -> Self {
        let body = certificate.tbs_certificate();
        let until = i64::try_from(body.validity().not_after.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
        let days_left = until.saturating_sub(now).div_euclid(86_400);
        Self {
            subject: body.subject().to_string(),
            is_of_one_machine: is_of_one_machine(certificate),
            days_left,
            is_self_signed: body.subject() == body.issuer() && !is_by_another_key(certificate),
            is_authority: is_authority(certificate),
            weakness: weakness(certificate),
        }
    }

    fn is_good(&self) -> bool {
        self.days_left >= SOON && self.weakness.is_none() && !self.is_self_signed
    }

    fn is_bad(&self) -> bool {
        self.days_left < DUE || self.weakness.is_some()
    }

    /// Why it is of a developer's machine: `mkcert` says so of whatever it makes, or no name in it is that of a host.
    fn of_a_developer(&self) -> Option<&'static str> {
        let by_mkcert = self.subject.contains("mkcert development certificate");
        by_mkcert
            .then_some("made by mkcert, for one machine")
            .or_else(|| self.is_of_one_machine.then_some("for the machine itself alone"))
    }

    fn message(&self) -> String {
        let signed = if self.is_self_signed { ", signed by itself" } else { "" };
        let weakness = self.weakness.map_or(String::new(), |weakness| format!(", {weakness}"));
        let left = match self.days_left {
            past if past < 0 => format!("expired {} days ago", past.unsigned_abs()),
            left => format!("{left} days left"),
        };
        format!("certificate of {}: {left}{signed}{weakness}", self.subject)
    }
}

/// Whether its signature names another key than its own: an authority may have the name of what it signs.
fn is_by_another_key(certificate: &Certificate) -> bool {
    use x509_cert::ext::pkix::{AuthorityKeyIdentifier, SubjectKeyIdentifier};
    let body = certificate.tbs_certificate();
    let own = body.get_extension::<SubjectKeyIdentifier>().ok().flatten();
    let signer = body.get_extension::<AuthorityKeyIdentifier>().ok().flatten();
    let signer = signer.and_then(|(_, signer)| signer.key_identifier);
    own.zip(signer).is_some_and(|((_, own), signer)| own.0 != signer)
}

/// Whether every host that it names is the machine itself: `localhost`, `127.0.0.1`, `::1`.
fn is_of_one_machine(certificate: &Certificate) -> bool {
    use x509_cert::ext::pkix::SubjectAltName;
    use x509_cert::ext::pkix::name::GeneralName;
    let body = certificate.tbs_certificate();
    let is_itself = |host: &str| host == "localhost" || host.ends_with(".localhost");
    let is_loopback =
        |address: &[u8]| matches!(address, [127, _, _, _] | [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    let subject = body.subject().to_string();
    let mut common = subject.split([',', '+']).filter_map(|part| part.trim().strip_prefix("CN=")).peekable();
    let names = body.get_extension::<SubjectAltName>().ok().flatten();
    let hosts = names.iter().flat_map(|(_, names)| &names.0);
    let mut hosts = hosts.filter(|name| matches!(name, GeneralName::DnsName(_) | GeneralName::IpAddress(_))).peekable();
    if hosts.peek().is_none() {
        return common.peek().is_some() && common.all(is_itself);
    }
    hosts.all(|name| match name {
        GeneralName::DnsName(host) => is_itself(host.as_str()),
        GeneralName::IpAddress(address) => is_loopback(address.as_bytes()),
        _ => true,
    })
}

/// Whether it may sign others.
fn is_authority(certificate: &Certificate) -> bool {
    use x509_cert::ext::pkix::BasicConstraints;
    certificate.tbs_certificate().get_extension::<BasicConstraints>().ok().flatten().is_some_and(|(_, basic)| basic.ca)
}

const SHA1: &[ObjectIdentifier] = &[
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5"),
    ObjectIdentifier::new_unwrap("1.2.840.10045.4.1"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.4"),
];
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

fn weakness(certificate: &Certificate) -> Option<&'static str> {
    if SHA1.contains(&certificate.signature_algorithm().oid) {
        return Some("signed with SHA-1 or MD5");
    }
    let key = certificate.tbs_certificate().subject_public_key_info();
    let bytes = key.subject_public_key.raw_bytes().len();
    // The bits of an RSA key are its modulus with a few bytes around it; of an EC key two coordinates and a byte.
    if key.algorithm.oid == RSA && bytes < 256 {
        return Some("an RSA key below 2048 bits");
    }
    (key.algorithm.oid == EC && bytes < 33).then_some("an EC key below 256 bits")
}

/// The certificates of a file, with their places in a text.
fn certificates(file: &File) -> Vec<(Option<Span>, Result<Certificate, String>)> {
    match file.content() {
        Content::Binary(bytes) if bytes.first() == Some(&0x30) => {
            vec![(None, Certificate::from_der(bytes).map_err(|error| error.to_string()))]
        }
        Content::Text(source) => in_text(source.text()),
        _ => Vec::new(),
    }
}

fn in_text(text: &str) -> Vec<(Option<Span>, Result<Certificate, String>)> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find(BEGIN)).map(|at| from + at) {
        let Some(end) = text.get(start..).and_then(|rest| rest.find(END)).map(|at| start + at + END.len()) else {
            break;
        };
        let block = text.get(start..end).unwrap_or("");
        let span = Span::new(start, start + BEGIN.len());
        found.push((Some(span), Certificate::from_pem(block).map_err(|error| error.to_string())));
        from = end;
        if found.len() > 1_000 {
            break;
        }
    }
    found
}
