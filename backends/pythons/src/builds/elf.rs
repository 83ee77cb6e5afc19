//! What the head of an ELF program tells: the machine it is for, and the loader it asks for.
//!
//! Layout: "Tool Interface Standard (TIS) Executable and Linking Format" 1.2, and its 64-bit form as `elf(5)` has it.

use std::path::Path;

use pyve_formats::read;

/// The head and the table of segments are at the beginning of every program that a linker makes.
const BEGINNING: usize = 4096;

/// The kind of segment that holds the loader's path.
const PT_INTERP: u64 = 3;

/// An ELF program.
#[derive(Debug, PartialEq, Eq)]
pub struct Program {
    /// As Rust calls it: `x86_64`.
    machine: &'static str,
    /// `/lib64/ld-linux-x86-64.so.2`; none for one that is linked statically.
    loader: Option<String>,
}

impl Program {
    /// The program at `path`; `None` for anything that is none.
    pub fn read(path: &Path) -> Option<Self> {
        Self::parse(&read::start(path, BEGINNING).ok()??)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let [0x7f, b'E', b'L', b'F', class @ 1..=2, order @ 1..=2, ..] = *bytes else { return None };
        let file = File { bytes, wide: class == 2, big: order == 2 };
        let machine = match file.number(18, 2)? {
            3 => "x86",
            21 => "powerpc64",
            22 => "s390x",
            40 => "arm",
            62 => "x86_64",
            183 => "aarch64",
            243 => "riscv64",
            258 => "loongarch64",
            _ => return None,
        };
        Some(Self { machine, loader: file.loader() })
    }

    /// Machine and C library: `x86_64-musl`.
    pub fn kind(&self) -> Option<String> {
        let loader = Path::new(self.loader.as_ref()?).file_name()?.to_str()?;
        match loader {
            _ if loader.starts_with("ld-musl-") => Some(format!("{}-musl", self.machine)),
            _ if loader.starts_with("ld-linux") || loader.starts_with("ld64.so") => {
                Some(format!("{}-gnu", self.machine))
            }
            _ => None,
        }
    }
}

struct File<'a> {
    bytes: &'a [u8],
    /// Whether addresses have 64 bits.
    wide: bool,
    big: bool,
}

impl File<'_> {
    fn loader(&self) -> Option<String> {
        let word = if self.wide { 8 } else { 4 };
        let table = self.number(if self.wide { 32 } else { 28 }, word)?;
        let size = self.number(if self.wide { 54 } else { 42 }, 2)?;
        let count = self.number(if self.wide { 56 } else { 44 }, 2)?;
        let places = (0..count).map(|index| usize::try_from(table.checked_add(index * size)?).ok());
        let segment = places.flatten().find(|place| self.number(*place, 4) == Some(PT_INTERP))?;
        let (at, length) = if self.wide { (segment + 8, segment + 32) } else { (segment + 4, segment + 16) };
        let (at, length) = (self.number(at, word)?, self.number(length, word)?);
        let end = usize::try_from(at.checked_add(length)?).ok()?;
        let path = self.bytes.get(usize::try_from(at).ok()?..end)?;
        Some(String::from_utf8_lossy(path).trim_end_matches('\0').to_owned())
    }

    /// The number of `size` bytes at `place`.
    fn number(&self, place: usize, size: usize) -> Option<u64> {
        let bytes = self.bytes.get(place..place.checked_add(size)?)?;
        let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        Some(if self.big { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) })
    }
}

#[cfg(test)]
pub mod testing {
    /// The beginning of a 64-bit program for `machine` that asks for `loader`.
    pub fn program(machine: u16, loader: Option<&str>) -> Vec<u8> {
        let mut bytes = vec![0; 64 + 2 * 56];
        let mut put = |place: usize, value: &[u8]| bytes[place..place + value.len()].copy_from_slice(value);
        put(0, b"\x7fELF\x02\x01\x01");
        put(18, &machine.to_le_bytes());
        put(32, &64_u64.to_le_bytes());
        put(54, &56_u16.to_le_bytes());
        put(56, &2_u16.to_le_bytes());
        put(64, &1_u32.to_le_bytes());
        if let Some(loader) = loader {
            let length = loader.len() as u64 + 1;
            put(120, &3_u32.to_le_bytes());
            put(128, &176_u64.to_le_bytes());
            put(152, &length.to_le_bytes());
            bytes.extend(loader.as_bytes());
            bytes.push(0);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_off_or_absurd_tells_nothing() {
        let whole = testing::program(62, Some("/lib/ld-musl-x86_64.so.1"));
        assert_eq!(Program::parse(&whole).unwrap().kind().as_deref(), Some("x86_64-musl"));
        for length in 0..whole.len() {
            assert_eq!(Program::parse(&whole[..length]).and_then(|program| program.kind()), None, "{length}");
        }
        for place in [32, 54, 56, 128, 152] {
            let mut odd = whole.clone();
            odd[place..place + 2].fill(0xff);
            odd[place + 7] = 0xff;
            let _ = Program::parse(&odd).and_then(|program| program.kind());
        }
        assert_eq!(Program::parse(b"#!/bin/sh\n"), None);
    }
}
