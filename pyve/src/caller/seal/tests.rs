//! Whose seals count, and which key is none.

use super::*;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn keyring(home: &Path) -> Keyring {
    Keyring::new(Some(home.to_owned()))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_seal_is_for_these_bytes_under_this_name() {
    let home = folder();
    let seal = keyring(home.path()).seal("state", b"content").unwrap();
    let later = keyring(home.path());
    assert!(later.holds("state", b"content", &seal));
    assert!(!later.holds("state", b"other", &seal));
    assert!(!later.holds("other", b"content", &seal));
    assert!(!later.holds("statec", b"ontent", &seal));
    assert!(!later.holds("state", b"content", &seal[..31]));
    assert!(!later.holds("state", b"content", b""));
    assert!(!keyring(folder().path()).holds("state", b"content", &seal), "another user");
    assert!(later.lasts());
}

#[test]
fn the_seal_is_the_one_that_others_would_compute() {
    // From Python: hmac.new(bytes(range(32)), b"pyve-seal-1\0state\0content", "sha256").hexdigest()
    let home = folder();
    let bytes: Vec<u8> = (0..32).collect();
    fs::write(home.path().join("key"), bytes).unwrap();
    fs::set_permissions(home.path().join("key"), fs::Permissions::from_mode(0o600)).unwrap();
    let seal = keyring(home.path()).seal("state", b"content").unwrap();
    let seal: String = seal.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(seal, "52629dd6d430fe581383aef8072d16354f38b91acdea34ac21e4ff9eace83a26");
}

#[test]
fn looking_makes_no_key_and_sealing_makes_one_that_is_the_users_alone() {
    let home = folder();
    let inside = home.path().join("new/.pyve");
    assert!(!keyring(&inside).holds("state", b"", &[0; 32]));
    assert!(!inside.exists());
    keyring(&inside).seal("state", b"").unwrap();
    assert_eq!(mode(&inside.join("key")), 0o600);
    assert_eq!(mode(&inside) & 0o022, 0);
    assert_eq!(fs::read(inside.join("key")).unwrap().len(), 32);
    assert_eq!(fs::read_dir(&inside).unwrap().count(), 1, "no temporary file stays");
    assert!(!format!("{:?}", keyring(&inside).0).contains('['), "the bytes are not shown");
}

#[test]
fn a_key_that_others_could_know_or_exchange_is_none() {
    for spoil in [
        |home: &Path| fs::set_permissions(home.join("key"), fs::Permissions::from_mode(0o640)).unwrap(),
        |home: &Path| fs::set_permissions(home.join("key"), fs::Permissions::from_mode(0o602)).unwrap(),
        |home: &Path| fs::set_permissions(home, fs::Permissions::from_mode(0o777)).unwrap(),
        |home: &Path| fs::set_permissions(home, fs::Permissions::from_mode(0o775)).unwrap(),
        |home: &Path| {
            fs::rename(home.join("key"), home.join("moved")).unwrap();
            symlink(home.join("moved"), home.join("key")).unwrap();
        },
        |home: &Path| fs::write(home.join("key"), [1; 31]).unwrap(),
        |home: &Path| fs::write(home.join("key"), [1; 33]).unwrap(),
    ] {
        let home = folder();
        let seal = keyring(home.path()).seal("state", b"content").unwrap();
        spoil(home.path());
        assert!(!keyring(home.path()).holds("state", b"content", &seal));
        // The next one that seals has a good one again.
        let next = keyring(home.path());
        let again = next.seal("state", b"content").unwrap();
        assert!(next.lasts() && keyring(home.path()).holds("state", b"content", &again));
        assert_eq!((mode(&home.path().join("key")), mode(home.path())), (0o600, 0o755));
    }
}

#[test]
fn a_key_of_another_user_is_none() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let home = folder();
    let seal = keyring(home.path()).seal("state", b"content").unwrap();
    std::os::unix::fs::chown(home.path().join("key"), Some(4321), None).unwrap();
    assert!(!keyring(home.path()).holds("state", b"content", &seal));
    std::os::unix::fs::chown(home.path().join("key"), Some(0), None).unwrap();
    assert!(keyring(home.path()).holds("state", b"content", &seal));
    std::os::unix::fs::chown(home.path(), Some(4321), None).unwrap();
    assert!(!keyring(home.path()).holds("state", b"content", &seal));
    let guest = keyring(home.path());
    guest.seal("state", b"content").unwrap();
    assert!(!guest.lasts(), "no key is kept in a directory of another user's");
}

#[test]
fn where_no_key_can_be_kept_a_seal_counts_within_the_process() {
    let nowhere = folder();
    fs::write(nowhere.path().join("file"), "").unwrap();
    for keyring in [Keyring::new(None), keyring(&nowhere.path().join("file/.pyve"))] {
        let seal = keyring.seal("state", b"content").unwrap();
        assert!(keyring.holds("state", b"content", &seal) && !keyring.lasts());
        assert!(keyring.clone().holds("state", b"content", &seal), "for all who share it");
    }
    assert!(!Keyring::new(None).holds("state", b"content", &[0; 32]));
}

#[test]
fn all_who_begin_at_once_agree_on_one_key() {
    for spoiled in [false, true] {
        let home = folder();
        if spoiled {
            fs::write(home.path().join("key"), "too short").unwrap();
        }
        let path = home.path().to_owned();
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || keyring(&path).seal("state", b"content").unwrap())
            })
            .collect();
        let seals: Vec<[u8; 32]> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        let last = keyring(home.path());
        assert!(seals.iter().all(|seal| last.holds("state", b"content", seal)), "spoiled: {spoiled}");
    }
}
