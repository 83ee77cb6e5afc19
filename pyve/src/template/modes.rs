//! The modes of a template's files, and what they become under another umask.

use serde::{Deserialize, Serialize};

/// Templates are made under this umask: a file made in the usual way shows in the bits of its group what its maker asked for,
/// and in those of all others what no umask takes away.
pub const UMASK: u32 = 0o007;

/// What a template's own files are closed to. That of most users, so that files can be shared with their clones.
const TEMPLATE: u32 = 0o022;

/// A mode that depends on the umask, as the maker would give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mode {
    /// What the maker asks for when it creates the file.
    pub asked: u32,
    /// What it sets afterwards, whatever the umask took away.
    pub fixed: u32,
}

impl Mode {
    /// What the maker meant by a mode that was made under [`UMASK`].
    ///
    /// Who creates a file asks for the same for everybody, `0666` or `0777`, so that user and group are equal then. A mode
    /// where they are not was set to just that.
    pub fn from_made(made: u32) -> Self {
        let (user, group, others) = (made >> 6 & 7, made >> 3 & 7, made & 7);
        let all = |bits: u32| bits << 6 | bits << 3 | bits;
        if user == group {
            Self { asked: all(user), fixed: all(others) & all(user) }
        } else {
            Self { asked: made & 0o777, fixed: made & 0o777 }
        }
    }

    /// The mode in the template itself.
    pub fn in_template(self) -> u32 {
        self.under(TEMPLATE)
    }

    /// The mode of a clone under this umask.
    pub fn under(self, umask: u32) -> u32 {
        self.asked & !umask | self.fixed
    }
}

/// The umask that is at work where a folder that was created for everybody has got this mode. The system's own is not asked
/// for: a default access list of the folder above takes its place.
pub fn umask_of(folder: u32) -> u32 {
    0o777 & !folder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_give_a_mode_is_told_from_the_others() {
        // Created; a folder; created, then `chmod(mode | 0o555)`; `chmod(0o777 & ~umask | 0o111)`; copied with its mode.
        let wanted = [
            (0o660, [0o666, 0o664, 0o644, 0o640, 0o600]),
            (0o770, [0o777, 0o775, 0o755, 0o750, 0o700]),
            (0o775, [0o777, 0o775, 0o755, 0o755, 0o755]),
            (0o771, [0o777, 0o775, 0o755, 0o751, 0o711]),
            (0o644, [0o644; 5]),
            (0o640, [0o640; 5]),
            (0o600, [0o600; 5]),
            (0o500, [0o500; 5]),
        ];
        for (made, modes) in wanted {
            let under = [0, 0o002, 0o022, 0o027, 0o077].map(|umask| Mode::from_made(made).under(umask));
            assert_eq!(under, modes, "{made:o}");
        }
    }

    #[test]
    fn a_folder_tells_the_umask() {
        assert_eq!([0o755, 0o2770, 0o700].map(umask_of), [0o022, 0o007, 0o077]);
    }
}
