//! SHA-256 as the field writes it: in lower-case hex.

use sha2::{Digest, Sha256};

/// The hash of some bytes, in lower-case hex.
pub fn of(bytes: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes, of a hash for instance, in lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// A hash in lower case, if the text is one: 64 hexadecimal digits.
pub fn parse(text: &str) -> Option<String> {
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_hash_is_the_known_one() {
        assert_eq!(super::of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(super::hex(&[0, 0x0f, 0xa0]), "000fa0");
        let hash = super::of("abc");
        assert_eq!(super::parse(&hash.to_uppercase()), Some(hash.clone()));
        assert_eq!(super::parse(&hash[1..]), None);
        assert_eq!(super::parse(&hash.replace('a', "g")), None);
    }
}
