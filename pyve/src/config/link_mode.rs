//! How a clone gets those files that are the same in each.

/// How files get from a template into a clone, in the words of `uv --link-mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkMode {
    /// Their blocks are shared where the file system can do that; what is changed in one is not seen in another. Else they are
    /// copied.
    Clone,
    /// They are copied.
    Copy,
    /// They are the same files, where that is possible: a change of one is one of all.
    Hardlink,
}

impl LinkMode {
    pub const ALL: [Self; 3] = [Self::Clone, Self::Copy, Self::Hardlink];
    pub const NAMES: [&str; 3] = [Self::Clone.name(), Self::Copy.name(), Self::Hardlink.name()];
    pub const DEFAULT: Self = Self::Clone;

    /// As it is written in settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clone => "clone",
            Self::Copy => "copy",
            Self::Hardlink => "hardlink",
        }
    }

    /// The one that is written like that.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}
