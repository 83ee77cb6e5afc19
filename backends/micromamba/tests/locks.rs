//! Whether a lock is stale is decided by what the files say.

use std::fs::File;
use std::time::{Duration, SystemTime};

use crate::world::World;
use insta::assert_snapshot;
use pyve_plugin_api::{Level, PrefixState, ROption, Request, StepKind};

fn lock(world: &World, packages: &[(&str, &str)]) {
    let channel = World::channel();
    let entries: Vec<_> = packages.iter().map(|(name, version)| channel.entry(name, version).unwrap()).collect();
    world.write("conda-lock.yml", &channel.lock(&entries, &pyve_standin_micromamba::channel::platform()));
}

/// The question that is asked, or nothing.
fn question(world: &World, request: &Request) -> String {
    let plan = world.plan(request);
    let asked = plan.steps.iter().find(|step| step.kind == StepKind::CONFIRM);
    asked.map(|step| world.tidy(&step.text())).unwrap_or_default()
}

fn strict(world: &World) -> String {
    let mut request = world.request();
    request.strict = true;
    world.refused(&request)
}

#[test]
fn without_a_record_the_lock_is_held_against_the_requirements() {
    let world = World::new();
    lock(&world, &[("hello", "1.0")]);
    world.environment(&["hello<2"]);
    assert_eq!(question(&world, &world.request()), "");
    // A build beside `=` leaves the version a beginning, and what is said of the machine is nothing to lock.
    world.environment(&["hello=1=*", "__glibc>=2.17"]);
    assert_eq!(question(&world, &world.request()), "");
    world.environment(&["hello>=2", "purelib", "pip: [requests>=2]"]);
    assert_snapshot!(question(&world, &world.request()), @"
    WARNING: Lock file may be stale
      environment.yml asks for 'hello>=2', but 1.0 is locked
      environment.yml asks for 'purelib', which is not locked
      environment.yml asks pip for 'requests>=2', which is not locked

    Using conda-lock.yml for reproducibility.
    To update lock file:
      conda-lock -f environment.yml -p [PLATFORM]

    Continue anyway?
    ");
    assert_snapshot!(strict(&world), @"
    conda-lock.yml is stale, and --strict refuses it
      environment.yml asks for 'hello>=2', but 1.0 is locked
      environment.yml asks for 'purelib', which is not locked
      environment.yml asks pip for 'requests>=2', which is not locked
    => run `conda-lock -f environment.yml -p [PLATFORM]`
    ");
    world.write("environment.yml", "channels: [conda-forge]\ndependencies: [hello]\n");
    assert_snapshot!(question(&world, &world.request()), @"
    WARNING: Lock file may be stale
      environment.yml names the channels conda-forge, but [CHANNEL] were locked from

    Using conda-lock.yml for reproducibility.
    To update lock file:
      conda-lock -f environment.yml -p [PLATFORM]

    Continue anyway?
    ");
}

#[test]
fn packages_of_other_categories_are_told_as_such_and_can_be_chosen() {
    let world = World::new();
    let channel = World::channel();
    let entries = [channel.entry("hello", "1.0").unwrap(), channel.entry("clash", "1.0").unwrap()];
    let lock = channel.lock(&entries, &pyve_standin_micromamba::channel::platform());
    let (main, last) = lock.rsplit_once("category: main").unwrap();
    let lock = format!("{main}category: dev{last}");
    world.write("conda-lock.yml", &lock);
    world.environment(&["hello<2", "clash"]);
    assert_eq!(question(&world, &world.request()), "", "it is not stale");
    let told = world.host.messages().pop().unwrap();
    assert_eq!(
        (told.0, told.1.as_str()),
        (
            Level::WARNING,
            "conda-lock.yml locks clash in the category 'dev', and only 'main' is installed; to install it, too: \
             pyve init --update --category main --category dev"
        )
    );
    assert_snapshot!(strict(&world), @"
    conda-lock.yml locks clash in the category 'dev', and only 'main' is installed
    => run `pyve init --update --category main --category dev`
    ");
    let made = world.make(world.request());
    assert_eq!(world.plan(&made).state, PrefixState::USABLE);
    let found = world.diagnosis(&made);
    assert!(
        found
            .contains("warning micromamba.lock-category | Lock file: conda-lock.yml locks clash in the category 'dev'"),
        "{found}"
    );

    let mut chosen = made.clone().with_setting("categories", ["main", "dev"], "--category");
    let plan = world.plan(&chosen);
    assert_eq!(
        (plan.state, plan.state_detail.as_str()),
        (PrefixState::OUTDATED, "conda-lock.yml has changed: dev added to --category")
    );
    chosen.recorded = ROption::RNone;
    let made = world.make(chosen);
    assert!(world.prefix().join("share/clash.txt").is_file());
    assert_eq!(world.plan(&made).state, PrefixState::USABLE);
    let mut later = world.request();
    later.recorded = made.recorded.clone();
    assert_eq!(world.plan(&later).state, PrefixState::USABLE, "the choice holds until another is made");
    assert!(!world.diagnosis(&later).contains("lock-category"));

    world.write("conda-lock.yml", &lock.replace("category: main", "category: test"));
    assert_snapshot!(world.refused(&world.request()), @"
    conda-lock.yml locks nothing of the category main for [PLATFORM]; what it locks there is of: dev, test
      micromamba would make an empty environment of it and call that a success
    => run `pyve init --category dev --category test`
    ");
    let found = world.diagnosis(&world.request());
    assert!(found.contains("=> pyve init --category dev --category test"), "{found}");
    let bad = world.request().with_setting("categories", ["-x", "dev"], ".pyve/config:4");
    assert_snapshot!(world.refused(&bad), @"
    '-x' (.pyve/config:4) is not a category
    => name a category of the lock file, like main or dev
    ");
}

#[test]
fn a_missing_lock_is_told_and_refused_when_strict() {
    let world = World::new();
    world.environment(&["hello"]);
    world.plan(&world.request());
    let told: Vec<String> = world.host.messages().into_iter().map(|(level, text)| format!("{level}: {text}")).collect();
    assert_snapshot!(world.tidy(&told.join("\n")), @"info: no lock file; for the same packages everywhere run: pyve lock");
    assert_snapshot!(strict(&world), @"
    environment.yml has no lock file, and --strict asks for one
    => run `pyve lock`
    ");
}

#[test]
fn with_a_record_the_spec_must_be_what_the_lock_was_made_from() {
    let world = World::new();
    lock(&world, &[("hello", "1.0")]);
    world.environment(&["hello<2"]);
    let made = world.make(world.request());
    world.write(
        "environment.yml",
        &format!("# moved about\ndependencies: ['hello<2']\nchannels: ['{}']\n", World::channel().url()),
    );
    assert_eq!(question(&world, &made), "", "the layout of the file does not count");
    world.environment(&["hello"]);
    assert_snapshot!(question(&world, &made), @"
    WARNING: Lock file may be stale
      environment.yml: hello added to dependencies
      environment.yml: hello<2 removed from dependencies

    Using conda-lock.yml for reproducibility.
    To update lock file:
      conda-lock -f environment.yml -p [PLATFORM]

    Continue anyway?
    ");
    lock(&world, &[("hello", "2.0")]);
    assert_eq!(question(&world, &made), "", "another lock is compared again");
    let plan = world.plan(&made);
    assert_eq!(plan.state_detail, "conda-lock.yml has changed: other packages are locked");
}

#[test]
fn times_decide_only_where_content_cannot() {
    let world = World::new();
    lock(&world, &[("hello", "1.0")]);
    world.environment(&["hello[md5=0123456789abcdef0123456789abcdef]"]);
    let touch = |file: &str, time: SystemTime| {
        File::options().write(true).open(world.project().join(file)).unwrap().set_modified(time).unwrap();
    };
    let now = SystemTime::now();
    touch("environment.yml", now - Duration::from_secs(60));
    touch("conda-lock.yml", now);
    assert_eq!(question(&world, &world.request()), "");
    assert!(world.host.messages().iter().any(|(_, text)| text.contains("times of modification")));
    touch("environment.yml", now + Duration::from_secs(60));
    assert_snapshot!(question(&world, &world.request()), @"
    WARNING: Lock file may be stale
      environment.yml is newer than conda-lock.yml, judged by times of modification, as 'hello[md5=0123456789abcdef0123456789abcdef]' cannot be compared

    Using conda-lock.yml for reproducibility.
    To update lock file:
      conda-lock -f environment.yml -p [PLATFORM]

    Continue anyway?
    ");
}
