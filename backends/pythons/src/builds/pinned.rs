//! The builds that are pinned: for each release of CPython the hashes of its archives, in the order of [`PLATFORMS`].
//!
//! They are those of `python-build-standalone`, as its releases list them. A hash is kept as its 32 bytes: the hex digits that
//! can be compared with the published ones are only in the source.

use super::platform::PLATFORMS;

/// The archives of one release.
pub struct Release {
    pub version: [u64; 3],
    /// The day of the build, which is also the tag of its release: `20260814`.
    pub build: u32,
    pub hashes: [[u8; 32]; PLATFORMS.len()],
}

/// Newest first.
pub static RELEASES: [Release; 6] = [
    Release {
        version: [3, 14, 7],
        build: 20260814,
        hashes: [
            bytes("cefba034445d2875408d1fd4d5700ae6731563aeb54dcb39fd8164ab5c457533"),
            bytes("86dfb106b303fa6a1991f7da42ced3e11576f777be299b3162e06617b6d22542"),
            bytes("d92793e7c75f88e0ebfe3f6dc9a80b1571e287537938c536b07c60f9c23d6360"),
            bytes("e085b44e21d9c60acd866680747e1f82800cf9a1630a369da1723976d87bead1"),
            bytes("423717c485b9ee7822590b9d973c1b5fb2cda0fe43448ab82a3d44f823bd329c"),
            bytes("649e1eebf754a5ca76ddfda8c498ff25c574599408b8a52b6a2c24265fd6314c"),
        ],
    },
    Release {
        version: [3, 13, 15],
        build: 20260814,
        hashes: [
            bytes("aaca2af2ab4d7b68a712660d1334c0cfd5ec13c0312ccd30c29122d8d0342320"),
            bytes("985efd78c1c6521b379f7c64c2a25e6a1130f07441d1af8be441aa05260886aa"),
            bytes("cec161969cbd60f306c366066701a7ab2d40b78718e7d372281cabe5743423e6"),
            bytes("bf87354efcd9ae517da606fcda4e3a3f0d73a6f05ca7cba3c6d3c5270074bfc8"),
            bytes("6d472fc49a4d95e58214a992c4c92aa73fe2a935837a01a9a36bab0bec6d72f3"),
            bytes("07c977bbe4abad07e3bbc314608633e6c74eab482a7bae81f4361cda970b45e6"),
        ],
    },
    Release {
        version: [3, 12, 14],
        build: 20260814,
        hashes: [
            bytes("5acfa3e9ba26b51ae161c83aff278da915b590d22373a424b2ba55b8afe91fcc"),
            bytes("2d8e17dfd732102cfeb18e0e1fa6769b24caa034e159981129590fe409c7157a"),
            bytes("25adbf9d865ada81c728ba9ee6cd042736b6b46dcd3a889198038da04eed9c4a"),
            bytes("aec265e3cddaccdb2a3d783331596351b24d4a63c97af0a38f75f643c9451de9"),
            bytes("dd5b76ab11451a4a4367c17c61d944dded56b425396b07f102922a7ebef7d55f"),
            bytes("89f18f6932917163b74339ebcec2645c8e47ae7f1c5f2ac37f2b4f4cf3beb647"),
        ],
    },
    Release {
        version: [3, 11, 16],
        build: 20260814,
        hashes: [
            bytes("3b437f08720d3ddd9c1904532476ec9fb373e800d1598c72c907dd6d5f29b79b"),
            bytes("6a250f5c9326eebaa528d5d132cd66ebd1d7540cf45ac703f19e13f41d1be9b6"),
            bytes("8aff4da777da0c10846ae602db71ce0419f4f70b46eb30f2b5c7bf8fb0db5bba"),
            bytes("4d60589b702aff21379ddf6bd648e75c7023a257a078fdd71df4c148cf609cc2"),
            bytes("a394f2bf78a48990fc88e7c5586c7e1be5e69f0c9bd027883211b68b768e11c5"),
            bytes("c6de1a7781580d13f68dece33ac10b7a608c7ac21fc08cf0f4e0678a7d134905"),
        ],
    },
    Release {
        version: [3, 10, 21],
        build: 20260814,
        hashes: [
            bytes("807bb6746dd8b7a347fe833ee1cc2543457e5c2c98059dc454600468ee7cae7b"),
            bytes("686077ed8d668e3446f03f202bc3c99955d350a0db0ace5f8ce45f1b451b54b7"),
            bytes("05bddd8942f4dfec45e37c8cd72c8b6323e2c7015be6e1f509904762430957fc"),
            bytes("735ec45b5315c1255d425582b63a7819d660783ba0f5402793998908d70a7893"),
            bytes("caac2a0459052a3f62857fe29809a8fc4a9da87ca5ac860120c7ce710fc43842"),
            bytes("35645afc6bac0a8b74f16d36df1a98e36afa71eb8ba64acb7944b3135bcba1c4"),
        ],
    },
    Release {
        version: [3, 9, 25],
        build: 20251031,
        hashes: [
            bytes("fe04e8b27bd69ca2144fc542428f8b9b5287b6a2e45516a4acfe2c2bc3102773"),
            bytes("2f17406709afd0f07674dd3ce92a4b23c6adf8baac3f402555d192e0f3333bef"),
            bytes("255581699cfbea492318e579cec93252410cfd30fba800fa6abdea8a2c239c5e"),
            bytes("ae1f63f9597a9c29c83a550bc34a6a0f6e1e4d380244557d803e6d3aace31069"),
            bytes("1dca0e37d56b7da3ec6a7d2f75cc72a2df3bd05751606300934b2dc6fd7026ea"),
            bytes("6898722ab4242e304daf1490e2545bee7e7befacef82a9362f9496c0ee616ece"),
        ],
    },
];

/// The bytes of 64 hex digits in lower case; anything else does not compile.
const fn bytes(hex: &str) -> [u8; 32] {
    let digits = hex.as_bytes();
    assert!(digits.len() == 64);
    let mut bytes = [0; 32];
    let mut index = 0;
    while index < 32 {
        bytes[index] = digit(digits[2 * index]) << 4 | digit(digits[2 * index + 1]);
        index += 1;
    }
    bytes
}

const fn digit(letter: u8) -> u8 {
    match letter {
        b'0'..=b'9' => letter - b'0',
        b'a'..=b'f' => letter - b'a' + 10,
        _ => panic!(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_release_has_a_hash_of_its_own_for_every_platform() {
        let hashes: BTreeSet<[u8; 32]> = RELEASES.iter().flat_map(|release| release.hashes).collect();
        assert_eq!(hashes.len(), RELEASES.len() * PLATFORMS.len());
        assert_eq!(hashes.len(), 36);
    }

    #[test]
    fn there_is_one_release_of_each_series_newest_first() {
        let series = RELEASES.each_ref().map(|release| (release.version[0], release.version[1]));
        assert_eq!(series, [(3, 14), (3, 13), (3, 12), (3, 11), (3, 10), (3, 9)]);
        assert!(RELEASES.iter().all(|release| (20_000_101..=29_991_231).contains(&release.build)));
    }

    #[test]
    fn bytes_are_those_of_the_digits() {
        let told = bytes("00010a0f10f0ff7f0000000000000000000000000000000000000000000000a9");
        assert_eq!((&told[..8], told[31]), (&[0, 1, 10, 15, 16, 240, 255, 127][..], 169));
    }
}
