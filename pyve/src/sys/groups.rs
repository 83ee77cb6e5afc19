//! Who is in a group, as far as it decides who could change a file.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

/// The group whose members administer the machine, and could change everything anyway: what they may write counts as
/// root's. Homebrew gives its folders to `admin`, Debian those of `/usr/local` to `staff`.
const ADMINISTRATORS: Option<(u32, &str)> = if cfg!(target_os = "macos") {
    Some((80, "admin"))
} else if cfg!(target_os = "linux") {
    Some((50, "staff"))
} else {
    None
};

/// Whether nobody but this user and who administers the machine is in the group to which the file belongs: what it may
/// write no others can. Many systems make a group of its own for each user.
pub fn is_group_closed(metadata: &Metadata) -> bool {
    is_closed(metadata.gid())
}

fn is_closed(number: u32) -> bool {
    if number == 0 {
        return true;
    }
    let user = nix::unistd::User::from_uid(super::user().into()).ok().flatten();
    let group = nix::unistd::Group::from_gid(number.into()).ok().flatten();
    let Some(group) = group else { return false };
    let is_own = |user: nix::unistd::User| user.gid == group.gid && is_alone(&user.name, &group.name, &group.mem);
    ADMINISTRATORS == Some((number, &group.name)) || user.is_some_and(is_own)
}

/// Whether the group bears the user's name, and has nobody else in it.
fn is_alone(user: &str, group: &str, members: &[String]) -> bool {
    group == user && members.iter().all(|member| member == user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_of_ones_own_has_ones_name_and_nobody_else() {
        let members = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(is_alone("ada", "ada", &members(&[])) && is_alone("ada", "ada", &members(&["ada"])));
        assert!(!is_alone("ada", "users", &members(&[])));
        assert!(!is_alone("ada", "ada", &members(&["ada", "bob"])));
    }

    #[test]
    fn roots_group_is_closed_and_an_unknown_one_is_not() {
        assert!(is_closed(0));
        assert!(!is_closed(3_999_999_999));
        // Everybody's first group on macOS is 20, and on many a Linux 100.
        assert!(!is_closed(if cfg!(target_os = "macos") { 20 } else { 100 }));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn who_administers_the_machine_counts_as_root() {
        let staff = nix::unistd::Group::from_name("staff").ok().flatten().map(|group| group.gid.as_raw());
        assert!(staff != Some(50) || is_closed(50), "where the system has Debian's group");
    }
}
