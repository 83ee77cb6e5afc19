//! The password database: the home folder that the system keeps for a user.

use std::path::PathBuf;

/// A user's entry, as far as it is of interest here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub name: String,
    pub home: PathBuf,
}

/// The entry of the user with this number. The answer may come over a network: ask only where it decides something.
pub fn find(number: u32) -> Option<User> {
    let user = nix::unistd::User::from_uid(number.into()).ok().flatten()?;
    Some(User { name: user.name, home: user.dir })
}

/// Whether the group is this user's alone, as many systems make one for each user: what it may write nobody else can.
pub fn is_own_group(number: u32) -> bool {
    if number == 0 {
        return true;
    }
    let user = nix::unistd::User::from_uid(crate::sys::user().into()).ok().flatten();
    let group = nix::unistd::Group::from_gid(number.into()).ok().flatten();
    let (Some(user), Some(group)) = (user, group) else { return false };
    group.gid == user.gid && group.name == user.name && group.mem.iter().all(|member| *member == user.name)
}
