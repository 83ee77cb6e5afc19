//! What a program's file says of the machine that it is built for, read from its first bytes.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use object::read::elf::{FileHeader, ProgramHeader};
use object::read::macho::{FatArch, MachHeader, MachOFatFile32, MachOFatFile64};
use object::{Architecture, BinaryFormat, Endianness, FileKind, elf, macho};

/// More than the headers of a program have.
const HEAD: u64 = 64 << 10;

/// Of this system's programs.
const NATIVE: BinaryFormat = if cfg!(target_vendor = "apple") {
    BinaryFormat::MachO
} else if cfg!(windows) {
    BinaryFormat::Pe
} else {
    BinaryFormat::Elf
};

/// A program's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    pub format: BinaryFormat,
    /// The processors that it is for, as their own names have it: `x86_64`, `aarch64`. A universal one is for several.
    pub processors: Vec<String>,
    /// The program that the system starts it with: `/lib64/ld-linux-x86-64.so.2`, `/lib/ld-musl-x86_64.so.1`.
    pub loader: Option<PathBuf>,
}

impl Image {
    /// Reads the head of a file; `None` for a script, and for what cannot be read.
    pub fn read(path: &Path) -> Option<Self> {
        let file = File::open(path).ok().filter(|file| file.metadata().is_ok_and(|data| data.is_file()))?;
        let mut head = Vec::new();
        file.take(HEAD).read_to_end(&mut head).ok()?;
        Self::parse(&head)
    }

    fn parse(head: &[u8]) -> Option<Self> {
        let of = |format, processors| Some(Self { format, processors, loader: None });
        match FileKind::parse(head).ok()? {
            FileKind::Elf64 => of_elf::<elf::FileHeader64<Endianness>>(head),
            FileKind::Elf32 => of_elf::<elf::FileHeader32<Endianness>>(head),
            FileKind::MachO64 => of(BinaryFormat::MachO, vec![of_macho::<macho::MachHeader64<Endianness>>(head)?]),
            FileKind::MachO32 => of(BinaryFormat::MachO, vec![of_macho::<macho::MachHeader32<Endianness>>(head)?]),
            FileKind::MachOFat32 => of(BinaryFormat::MachO, of_all(MachOFatFile32::parse(head).ok()?.arches())),
            FileKind::MachOFat64 => of(BinaryFormat::MachO, of_all(MachOFatFile64::parse(head).ok()?.arches())),
            FileKind::Pe32 | FileKind::Pe64 => of(BinaryFormat::Pe, Vec::new()),
            _ => None,
        }
    }

    /// Why this machine does not run it, as half a sentence; `None` where it does, or nobody can tell.
    pub fn why_foreign(&self) -> Option<String> {
        if self.format != NATIVE {
            let system = match self.format {
                BinaryFormat::MachO => "macOS",
                BinaryFormat::Pe => "Windows",
                _ => "Linux",
            };
            return Some(format!("is built for {system}"));
        }
        let here = std::env::consts::ARCH;
        let foreign = !self.processors.is_empty() && !self.processors.iter().any(|processor| runs(processor, here));
        match &self.loader {
            // What emulates another processor brings its loader.
            Some(loader) if !loader.exists() && foreign => {
                Some(format!("is built for {}, and this machine is {here}", self.processors.join(", ")))
            }
            Some(loader) if !loader.exists() => {
                let library = if is_of_musl(loader) { "musl" } else { "glibc" };
                Some(format!("is built for {library}: `{}` does not exist on this machine", loader.display()))
            }
            None if foreign => Some(format!("is built for {}, and this machine is {here}", self.processors.join(", "))),
            _ => None,
        }
    }
}

fn is_of_musl(loader: &Path) -> bool {
    loader.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"ld-musl"))
}

/// Whether a machine runs programs for a processor: of 64 bits those of 32, and a Mac those of its former processor.
fn runs(processor: &str, here: &str) -> bool {
    let before = [("x86", "x86_64"), ("x86_64", "x86"), ("arm", "aarch64"), ("aarch64", "arm")];
    let translated = cfg!(target_vendor = "apple")
        && (here == "aarch64" || Path::new("/Library/Apple/usr/share/rosetta").exists())
        && ["x86_64", "aarch64"].contains(&processor);
    processor == here || before.contains(&(processor, here)) || translated
}

fn of_elf<H: FileHeader<Endian = Endianness>>(head: &[u8]) -> Option<Image> {
    let header = H::parse(head).ok()?;
    let endian = header.endian().ok()?;
    let processors = elf_processor(header.e_machine(endian)).map(str::to_owned).into_iter().collect();
    let segments = header.program_headers(endian, head).unwrap_or_default();
    let loader = segments.iter().find(|segment| segment.p_type(endian) == elf::PT_INTERP);
    let loader = loader.and_then(|segment| segment.data(endian, head).ok());
    let loader = loader.map(|name| path(name.split(|byte| *byte == 0).next().unwrap_or_default()));
    Some(Image { format: BinaryFormat::Elf, processors, loader: loader.filter(|loader| loader.is_absolute()) })
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

fn elf_processor(machine: elf::Machine) -> Option<&'static str> {
    Some(match machine {
        elf::EM_X86_64 => "x86_64",
        elf::EM_386 => "x86",
        elf::EM_AARCH64 => "aarch64",
        elf::EM_ARM => "arm",
        elf::EM_RISCV => "riscv64",
        elf::EM_PPC64 => "powerpc64",
        elf::EM_S390 => "s390x",
        elf::EM_LOONGARCH => "loongarch64",
        _ => return None,
    })
}

fn of_macho<H: MachHeader<Endian = Endianness>>(head: &[u8]) -> Option<String> {
    let header = H::parse(head, 0).ok()?;
    macho_processor(header.cputype(header.endian().ok()?)).map(str::to_owned)
}

fn macho_processor(cputype: macho::CpuType) -> Option<&'static str> {
    match cputype {
        macho::CPU_TYPE_X86_64 => Some("x86_64"),
        macho::CPU_TYPE_ARM64 => Some("aarch64"),
        _ => None,
    }
}

fn of_all(arches: &[impl FatArch]) -> Vec<String> {
    let name = |arch: Architecture| match arch {
        Architecture::X86_64 => Some("x86_64"),
        Architecture::Aarch64 => Some("aarch64"),
        _ => None,
    };
    arches.iter().filter_map(|arch| name(arch.architecture())).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program in ELF of 64 bits with this machine and loader.
    fn program(machine: elf::Machine, loader: &str) -> Vec<u8> {
        let mut head = b"\x7fELF\x02\x01\x01".to_vec();
        head.resize(16, 0);
        head.extend([2u16, machine.0].iter().flat_map(|number| number.to_le_bytes()));
        head.extend(1u32.to_le_bytes());
        head.extend([0u64, 64, 0].iter().flat_map(|number| number.to_le_bytes()));
        head.extend(0u32.to_le_bytes());
        head.extend([64u16, 56, 1, 0, 0, 0].iter().flat_map(|number| number.to_le_bytes()));
        head.extend([3u32, 4].iter().flat_map(|number| number.to_le_bytes()));
        let length = loader.len() as u64 + 1;
        head.extend([120, 120, 120, length, length, 1].iter().flat_map(|number: &u64| number.to_le_bytes()));
        head.extend(loader.bytes().chain([0]));
        head
    }

    #[test]
    fn the_head_of_a_program_tells_its_machine() {
        let seen = |bytes: &[u8]| Image::parse(bytes).map(|it| (it.format, it.processors.join(" "), it.loader));
        let musl = PathBuf::from("/lib/ld-musl-aarch64.so.1");
        let elf = |processor: &str| Some((BinaryFormat::Elf, processor.to_owned(), Some(musl.clone())));
        assert_eq!(seen(&program(elf::EM_AARCH64, "/lib/ld-musl-aarch64.so.1")), elf("aarch64"));
        assert_eq!(seen(&program(elf::EM_X86_64, "/lib/ld-musl-aarch64.so.1")), elf("x86_64"));
        assert_eq!(seen(&program(elf::Machine(9999), "/lib/ld-musl-aarch64.so.1")), elf(""), "one without a name");
        let cut = &program(elf::EM_X86_64, "/lib/ld-musl-aarch64.so.1")[..100];
        assert_eq!(seen(cut), Some((BinaryFormat::Elf, "x86_64".to_owned(), None)));
        let mac = b"\xcf\xfa\xed\xfe\x0c\0\0\x01\0\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        assert_eq!(seen(mac), Some((BinaryFormat::MachO, "aarch64".to_owned(), None)));
        assert_eq!(seen(b"#!/bin/sh\nexec python3\n       "), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_this_machine_does_not_run_is_told_with_the_reason() {
        let why = |machine: elf::Machine, loader: &str| Image::parse(&program(machine, loader)).unwrap().why_foreign();
        let other = if cfg!(target_arch = "s390x") { elf::EM_RISCV } else { elf::EM_S390 };
        let name = elf_processor(other).unwrap();
        let here = std::env::consts::ARCH;
        let told = format!("is built for {name}, and this machine is {here}");
        assert_eq!(why(other, "/lib/ld-none.so.1"), Some(told));
        let own = std::env::current_exe().ok().and_then(|program| Image::read(&program)).unwrap();
        assert_eq!(own.why_foreign(), None);
        let (processor, _) = [(elf::EM_X86_64, "x86_64"), (elf::EM_AARCH64, "aarch64")]
            .into_iter()
            .find(|(_, name)| own.processors == [*name])
            .unwrap_or((elf::EM_386, ""));
        let musl = "is built for musl: `/lib/ld-musl-none.so.1` does not exist on this machine";
        assert!(own.processors != ["x86_64"] || why(processor, "/lib/ld-musl-none.so.1").as_deref() == Some(musl));
        let mac = Image { format: BinaryFormat::MachO, processors: vec!["aarch64".to_owned()], loader: None };
        assert_eq!(mac.why_foreign().as_deref(), Some("is built for macOS"));
    }
}
