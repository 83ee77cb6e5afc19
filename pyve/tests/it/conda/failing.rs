//! Each failure of micromamba, and each of its silent successes, with what pyve says instead.

use std::fs;

use insta::assert_snapshot;
use pyve_standin_micromamba::program;

use super::place::{Place, channel, environment, lock};

#[test]
fn an_unknown_package() {
    let place = Place::new();
    place.environment(&["nosuchpkg"]);
    assert_snapshot!(place.refused("init"), @"");
    place.assert_no_environment();
}
