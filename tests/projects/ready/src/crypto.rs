//! Encrypts single fields before they are stored, and makes digests to find them by.

use aes_gcm::aead::{Aead, AeadCore, KeyInit, OsRng};
use aes_gcm::{Aes256Gcm, Nonce};
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

const NONCE: usize = 12;

/// The cipher of personal fields.
#[derive(Clone)]
pub struct Cipher {
    aead: Aes256Gcm,
    pepper: [u8; 32],
}

impl Cipher {
    /// A cipher with a key of 32 bytes in Base64.
    pub fn new(key: &SecretString) -> anyhow::Result<Self> {
        let bytes = STANDARD.decode(key.expose_secret()).context("the encryption key is no Base64")?;
        let pepper: [u8; 32] = bytes.as_slice().try_into().context("the encryption key is not 32 bytes long")?;
        Ok(Self { aead: Aes256Gcm::new_from_slice(&pepper)?, pepper })
    }

    /// Encrypts a field, its nonce before it.
    pub fn encrypt_field(&self, plain: &str) -> anyhow::Result<Vec<u8>> {
        let nonce = Aes256Gcm::generate_nonce(&mut OsRng);
        let sealed = self.aead.encrypt(&nonce, plain.as_bytes()).map_err(|_| anyhow::anyhow!("cannot encrypt"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what `encrypt_field` made.
    pub fn open(&self, sealed: &[u8]) -> anyhow::Result<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE).context("too short for an encrypted field")?;
        self.aead.decrypt(Nonce::from_slice(nonce), sealed).map_err(|_| anyhow::anyhow!("cannot decrypt"))
    }

    /// A keyed digest, to look a value up without storing it.
    pub fn digest(&self, plain: &str) -> Vec<u8> {
        let salted = [self.pepper.as_slice(), plain.to_lowercase().as_bytes()].concat();
        let mut digest = vec![0; 32];
        argon2::Argon2::default().hash_password_into(&salted, &self.pepper, &mut digest).expect("32 bytes");
        digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cipher() -> Cipher {
        Cipher::new(&STANDARD.encode([7; 32]).into()).expect("a key")
    }

    #[test]
    fn what_is_sealed_can_be_opened() {
        let sealed = cipher().encrypt_field("ann@example.org").expect("sealed");
        assert_eq!(cipher().open(&sealed).expect("opened"), b"ann@example.org");
    }

    #[test]
    fn the_same_text_is_sealed_differently_each_time() {
        assert_ne!(cipher().encrypt_field("x").expect("sealed"), cipher().encrypt_field("x").expect("sealed"));
    }
}
