//! Which file of a package pip would take on a platform that is not this one (PEP 425, PEP 600).

/// The tags that a platform and a Python take.
pub struct Tags {
    /// `312`.
    series: String,
    minor: u32,
    /// What fits best first.
    platforms: Vec<String>,
}

impl Tags {
    /// Of conda's `platform` and a Python such as `3.12.4`; `None` for a platform that indexes have nothing for. `glibc` and
    /// `macos` are versions such as `2.28` and `11.0`.
    pub fn of(platform: &str, python: &str, glibc: &str, macos: &str) -> Option<Self> {
        let mut parts = python.split('.');
        let (major, minor) = (parts.next()?, parts.next()?.parse().ok()?);
        let number = |version: &str| -> Option<(u32, u32)> {
            let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
            Some((major.parse().ok()?, minor.parse().ok()?))
        };
        let platforms = match platform {
            "linux-64" | "linux-aarch64" | "linux-ppc64le" => {
                let machine = match platform {
                    "linux-64" => "x86_64",
                    "linux-aarch64" => "aarch64",
                    _ => "ppc64le",
                };
                linux(machine, number(glibc)?.1)
            }
            "osx-64" => mac(&["x86_64", "universal2", "intel", "fat64"], number(macos)?.0),
            "osx-arm64" => mac(&["arm64", "universal2"], number(macos)?.0),
            "win-64" => vec!["win_amd64".to_owned()],
            "win-arm64" => vec!["win_arm64".to_owned()],
            _ => return None,
        };
        Some(Self { series: format!("{major}{minor}"), minor, platforms })
    }

    /// How well a wheel's file fits, the least the best; `None` where it does not.
    pub fn rank(&self, file: &str) -> Option<(usize, usize)> {
        let mut parts = file.strip_suffix(".whl")?.rsplit('-');
        let (platforms, abis, pythons) = (parts.next()?, parts.next()?, parts.next()?);
        let platform = platforms.split('.').filter_map(|it| self.platform(it)).min()?;
        let fits = pythons.split('.').flat_map(|python| abis.split('.').map(move |abi| (python, abi)));
        let python = fits.filter_map(|(python, abi)| self.python(python, abi)).min()?;
        Some((python, platform))
    }

    fn platform(&self, tag: &str) -> Option<usize> {
        if tag == "any" {
            return Some(self.platforms.len());
        }
        self.platforms.iter().position(|known| known == tag)
    }

    fn python(&self, python: &str, abi: &str) -> Option<usize> {
        let own = format!("cp{}", self.series);
        let minor = |prefix: &str| python.strip_prefix(prefix).and_then(|minor| minor.parse::<u32>().ok());
        match (minor("cp3").or(minor("py3")), abi) {
            _ if python == own && abi == own => Some(0),
            (Some(minor), "abi3") if python.starts_with("cp") && minor <= self.minor => {
                Some(1 + usize::try_from(self.minor - minor).ok()?)
            }
            _ if python == own && abi == "none" => Some(100),
            (Some(minor), "none") if python.starts_with("py") && minor <= self.minor => {
                Some(101 + usize::try_from(self.minor - minor).ok()?)
            }
            (None, "none") if python == "py3" => Some(200),
            _ => None,
        }
    }
}

fn linux(machine: &str, newest: u32) -> Vec<String> {
    let mut tags = Vec::new();
    for minor in (5..=newest).rev() {
        tags.push(format!("manylinux_2_{minor}_{machine}"));
        let old = match minor {
            17 => "2014",
            12 => "2010",
            5 => "1",
            _ => continue,
        };
        tags.push(format!("manylinux{old}_{machine}"));
    }
    tags.push(format!("linux_{machine}"));
    tags
}

fn mac(machines: &[&str], newest: u32) -> Vec<String> {
    let new = (11..=newest).rev().map(|major| (major, 0));
    let old = (4..=16).rev().map(|minor| (10, minor));
    let versions = new.chain(old);
    versions
        .flat_map(|(major, minor)| machines.iter().map(move |machine| format!("macosx_{major}_{minor}_{machine}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_file_is_the_most_special_one() {
        let best = |platform: &str, files: &[&str]| {
            let tags = Tags::of(platform, "3.12.4", "2.28", "11.0").unwrap();
            let ranked = files.iter().filter_map(|file| Some((tags.rank(file)?, *file)));
            ranked.min().map(|(_, file)| file.trim_start_matches("a-1-").trim_end_matches(".whl").to_owned())
        };
        let files = [
            "a-1-py3-none-any.whl",
            "a-1-py2.py3-none-any.whl",
            "a-1-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "a-1-cp312-cp312-manylinux_2_17_x86_64.whl",
            "a-1-cp312-cp312-manylinux_2_28_x86_64.whl",
            "a-1-cp312-cp312-manylinux_2_34_x86_64.whl",
            "a-1-cp312-cp312-musllinux_1_2_x86_64.whl",
            "a-1-cp313-cp313-macosx_11_0_arm64.whl",
            "a-1-cp38-abi3-macosx_10_9_universal2.whl",
            "a-1-cp312-cp312-macosx_14_0_arm64.whl",
        ];
        assert_eq!(best("linux-64", &files).as_deref(), Some("cp312-cp312-manylinux_2_28_x86_64"));
        assert_eq!(
            best("linux-64", &files[..3]).as_deref(),
            Some("cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64")
        );
        assert_eq!(best("osx-arm64", &files).as_deref(), Some("cp38-abi3-macosx_10_9_universal2"));
        assert_eq!(best("win-64", &files[1..]).as_deref(), Some("py2.py3-none-any"));
        assert_eq!(best("win-64", &files[2..]), None);
        assert!(Tags::of("linux-s390x", "3.12.4", "2.28", "11.0").is_none());
    }
}
