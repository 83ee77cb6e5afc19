//! The text in a file of requirements, by a byte order mark or by its own words (PEP 263), else UTF-8: as pip does.

/// As many lines may say how the file is encoded.
const LINES: usize = 2;

/// What Windows-1252 has where Latin-1 has control characters; `None` for what neither has.
const WINDOWS_1252: [Option<char>; 32] = {
    const fn some(letter: char) -> Option<char> {
        Some(letter)
    }
    [
        some('€'),
        None,
        some('‚'),
        some('ƒ'),
        some('„'),
        some('…'),
        some('†'),
        some('‡'),
        some('ˆ'),
        some('‰'),
        some('Š'),
        some('‹'),
        some('Œ'),
        None,
        some('Ž'),
        None,
        None,
        some('‘'),
        some('’'),
        some('“'),
        some('”'),
        some('•'),
        some('–'),
        some('—'),
        some('˜'),
        some('™'),
        some('š'),
        some('›'),
        some('œ'),
        None,
        some('ž'),
        some('Ÿ'),
    ]
};

/// The text. What is not of the encoding becomes U+FFFD.
///
/// Of an encoding that says ASCII as all do, only the ASCII is read, unless it is one of those that people use: names,
/// versions and markers have nothing else in them.
pub(crate) fn decode(bytes: &[u8]) -> String {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xff, 0xfe, 0, 0, rest @ ..] => utf_32(rest, u32::from_le_bytes),
        [0, 0, 0xfe, 0xff, rest @ ..] => utf_32(rest, u32::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        _ => by_name(bytes, &declared(bytes).unwrap_or_default()),
    }
}

/// `latin-1` of `# -*- coding: latin-1 -*-`.
fn declared(bytes: &[u8]) -> Option<String> {
    let comments = bytes.split(|byte| *byte == b'\n').take(LINES).filter(|line| line.starts_with(b"#"));
    let mut lines = comments.map(String::from_utf8_lossy);
    lines.find_map(|line| {
        line.match_indices("coding").find_map(|(at, word)| {
            let rest = &line[at + word.len()..];
            let name = rest.strip_prefix([':', '='])?.trim_start();
            let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(name.len());
            (end > 0).then(|| name[..end].to_ascii_lowercase().replace('_', "-"))
        })
    })
}

fn by_name(bytes: &[u8], encoding: &str) -> String {
    match encoding {
        "" | "utf-8" | "utf8" | "utf-8-sig" | "u8" => String::from_utf8_lossy(bytes).into_owned(),
        "latin-1" | "latin1" | "l1" | "iso-8859-1" | "iso8859-1" | "8859" | "cp819" => {
            bytes.iter().map(|byte| char::from(*byte)).collect()
        }
        "cp1252" | "windows-1252" | "1252" => bytes.iter().map(|byte| windows_1252(*byte)).collect(),
        _ => bytes
            .iter()
            .map(|byte| if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER })
            .collect(),
    }
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)].unwrap_or(char::REPLACEMENT_CHARACTER),
        _ => char::from(byte),
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|bytes| unit(*bytes));
    char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn utf_32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> String {
    let letters = bytes.as_chunks::<4>().0.iter().map(|bytes| char::from_u32(unit(*bytes)));
    letters.map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn a_mark_at_the_beginning_tells_the_encoding() {
        let text = "six # é\n";
        let utf_16: Vec<u16> = format!("\u{feff}{text}").encode_utf16().collect();
        let utf_32: Vec<u32> = format!("\u{feff}{text}").chars().map(u32::from).collect();
        assert_eq!(decode(format!("\u{feff}{text}").as_bytes()), text);
        assert_eq!(decode(&utf_16.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<_>>()), text);
        assert_eq!(decode(&utf_16.iter().flat_map(|unit| unit.to_be_bytes()).collect::<Vec<_>>()), text);
        assert_eq!(decode(&utf_32.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<_>>()), text);
        assert_eq!(decode(&utf_32.iter().flat_map(|unit| unit.to_be_bytes()).collect::<Vec<_>>()), text);
    }

    #[test]
    fn the_first_lines_may_tell_it() {
        assert_eq!(decode(b"#!x\n# -*- coding: latin-1 -*-\n-r \xe9.txt"), "#!x\n# -*- coding: latin-1 -*-\n-r é.txt");
        // In Latin-1 this byte would end the line.
        assert_eq!(decode(b"# vim: set fileencoding=cp1252 :\nsix # wait\x85 and see"), {
            "# vim: set fileencoding=cp1252 :\nsix # wait… and see"
        });
        assert_eq!(decode(b"# coding: koi8-r\nsix # \xe9"), "# coding: koi8-r\nsix # \u{fffd}");
        for other in [&b"\n\n# coding: latin-1\n\xc3\xa9"[..], b"x coding: latin-1\n\xc3\xa9", b"# coding: \n\xc3\xa9"]
        {
            assert!(decode(other).ends_with('é'), "{other:?}");
        }
    }
}
