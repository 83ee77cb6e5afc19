//! Seals: how pyve knows again what it wrote itself, wherever it lies and whoever else could write there.
//!
//! A seal is an HMAC-SHA-256 with a key that only this user has, over what a file is for and what it says. Who sends a
//! repository, or may write to a project, can make a file of state, and none that counts.

mod key;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use key::Key;

/// Parts what is sealed here from everything that the key may be used for later.
const DOMAIN: &[u8] = b"pyve-seal-1\0";

/// The key of the user, read when it is first needed.
#[derive(Clone, Debug, Default)]
pub struct Keyring(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    home: Option<PathBuf>,
    /// What the key begins, as it was when it was first needed.
    found: OnceLock<Option<Begun>>,
    /// The key that seals, once something was sealed.
    own: OnceLock<Option<Own>>,
}

/// A seal of this domain, begun with a key.
type Begun = Hmac<Sha256>;

#[derive(Debug)]
struct Own {
    begun: Begun,
    /// Whether it is in its file. Where it cannot be, what is sealed counts within this process.
    lasts: bool,
}

impl Keyring {
    /// The key in `home`, pyve's own folder; without one nothing that is sealed counts for another process.
    pub fn new(home: Option<PathBuf>) -> Self {
        Self(Arc::new(Inner { home, ..Inner::default() }))
    }

    /// Whether `seal` was made with this user's key for these bytes under this name.
    pub fn holds(&self, name: &str, bytes: &[u8], seal: &[u8]) -> bool {
        self.known().is_some_and(|begun| mac(begun, name, bytes).verify_slice(seal).is_ok())
    }

    /// The seal of these bytes under this name. The key is made for it if there is none; `None` where the system has no
    /// random numbers.
    pub fn seal(&self, name: &str, bytes: &[u8]) -> Option<[u8; 32]> {
        let own = self.own().as_ref()?;
        Some(mac(&own.begun, name, bytes).finalize().into_bytes().into())
    }

    /// Whether seals count for other processes, too: there is a key in its file. It is made if there is none.
    pub fn lasts(&self) -> bool {
        self.own().as_ref().is_some_and(|own| own.lasts)
    }

    fn known(&self) -> Option<&Begun> {
        match self.0.own.get() {
            Some(own) => own.as_ref().map(|own| &own.begun),
            None => self.0.found.get_or_init(|| key::read(self.0.home.as_deref()?).as_ref().map(begun)).as_ref(),
        }
    }

    fn own(&self) -> &Option<Own> {
        self.0.own.get_or_init(|| {
            let kept = self.0.home.as_deref().and_then(key::obtain);
            let lasts = kept.is_some();
            Some(Own { begun: begun(&kept.or_else(Key::random)?), lasts })
        })
    }
}

/// Two keyrings of one folder are the same.
impl PartialEq for Keyring {
    fn eq(&self, other: &Self) -> bool {
        self.0.home == other.0.home
    }
}

impl Eq for Keyring {}

fn begun(key: &Key) -> Begun {
    // Keys of every length are taken; this one has 32 bytes.
    let mut mac = <Begun as KeyInit>::new(key.block().into());
    mac.update(DOMAIN);
    mac
}

fn mac(begun: &Begun, name: &str, bytes: &[u8]) -> Hmac<Sha256> {
    let mut mac = begun.clone();
    mac.update(name.as_bytes());
    mac.update(b"\0");
    mac.update(bytes);
    mac
}

#[cfg(all(test, unix))]
mod tests;
