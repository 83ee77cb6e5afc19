//! The lock between real processes: this test program starts itself as the other one.

use super::*;
use crate::ui::Volume;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

const PROJECT: &str = "PYVE_TEST_LOCKED_PROJECT";

fn console() -> Console {
    Console::new(Volume::Normal, anstream::ColorChoice::Never, true)
}

/// What the other process does: says when it waits (on stderr) and has the lock, and keeps it until its stdin ends.
#[test]
#[ignore = "the other process of the tests below"]
fn other_process() {
    let layout = Layout::new(PathBuf::from(std::env::var_os(PROJECT).unwrap()), &Default::default());
    let lock = Lock::wait(&layout, "pyve init --force", &console()).unwrap();
    let mut out = std::io::stdout();
    writeln!(out, "\nlocked").unwrap();
    out.flush().unwrap();
    let _ = std::io::stdin().read(&mut [0]);
    drop(lock);
}

fn start(layout: &Layout) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "--nocapture", "records::lock::tests::other_process"])
        .env(PROJECT, layout.root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn until_locked(child: &mut Child) -> BufReader<ChildStdout> {
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while line.trim() != "locked" {
        line.clear();
        assert_ne!(lines.read_line(&mut line).unwrap(), 0, "the other process ended without the lock");
    }
    lines
}

#[test]
fn a_second_process_waits_and_says_for_whom() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path(), &Default::default());
    let mine = Lock::wait(&layout, "pyve purge", &console()).unwrap();
    let mut other = start(&layout);
    let mut said = String::new();
    let mut stderr = BufReader::new(other.stderr.take().unwrap());
    while !said.contains("waiting") {
        said.clear();
        assert_ne!(stderr.read_line(&mut said).unwrap(), 0);
    }
    let pid = std::process::id();
    assert_eq!(said, format!("waiting for pyve purge (process {pid}), which is changing this project …\n"));
    assert!(other.try_wait().unwrap().is_none());
    drop(mine);
    let _out = until_locked(&mut other);
    assert_eq!(holder(&layout).unwrap(), format!("pyve init --force (process {})", other.id()));
    assert!(Lock::attempt(&layout, "pyve run").is_none());
    drop(other.stdin.take());
    assert!(other.wait().unwrap().success());
    assert_eq!(holder(&layout), None);
    assert!(Lock::attempt(&layout, "pyve run").is_some());
}

#[test]
fn a_holder_that_is_killed_leaves_no_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path(), &Default::default());
    let mut other = start(&layout);
    let _out = until_locked(&mut other);
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(holder(&layout), None);
    drop(Lock::wait(&layout, "pyve init", &console()).unwrap());
}

/// A program that was started under the lock.
#[cfg(unix)]
fn program(lock: &Lock) -> Child {
    let mut command = Command::new("/bin/sh");
    lock.spawn(command.args(["-c", "echo on; exec sleep 60"]).stdout(Stdio::piped())).unwrap()
}

#[cfg(unix)]
#[test]
fn what_a_holder_started_is_part_of_it_until_the_holder_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path(), &Default::default());
    let lock = Lock::wait(&layout, "pyve init", &console()).unwrap();
    let mut child = program(&lock);
    child.stdout.as_mut().unwrap().read_exact(&mut [0; 3]).unwrap();
    let own = format!("pyve init (process {})", std::process::id());
    assert_eq!(holder(&layout), Some(own));
    drop(lock);
    assert_eq!(holder(&layout), None, "what runs on in the background is of no matter");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// As a pyve that was killed leaves it: the file names a process that is gone, and a program has the lock still.
#[cfg(target_os = "linux")]
#[test]
fn what_a_holder_that_was_killed_left_running_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path(), &Default::default());
    let lock = Lock::wait(&layout, "pyve init", &console()).unwrap();
    let mut child = program(&lock);
    child.stdout.as_mut().unwrap().read_exact(&mut [0; 3]).unwrap();
    let mut gone = Command::new("/bin/true").spawn().unwrap();
    gone.wait().unwrap();
    let text = std::fs::read_to_string(layout.lock()).unwrap();
    let text = text.replace(&format!("(process {})", std::process::id()), &format!("(process {})", gone.id()));
    std::fs::write(layout.lock(), text).unwrap();
    let name = format!("pyve init (process {})", gone.id());
    let left = format!("`/bin/sh` (process {}), which an interrupted {name} left running", child.id());
    assert_eq!(holder(&layout), Some(left));
    let reaper = std::thread::spawn(move || child.wait().unwrap());
    let waiting = std::thread::spawn({
        let layout = layout.clone();
        move || drop(Lock::wait(&layout, "pyve init", &console()).unwrap())
    });
    assert_eq!(sys::signal(reaper.join().unwrap()), Some(15));
    drop(lock);
    waiting.join().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_that_has_not_the_lock_is_never_ended() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path(), &Default::default());
    let lock = Lock::wait(&layout, "pyve init", &console()).unwrap();
    let mut innocent = Command::new("/bin/sleep").arg("60").spawn().unwrap();
    let mut gone = Command::new("/bin/true").spawn().unwrap();
    gone.wait().unwrap();
    let text = format!("pyve init (process {})\n{} /bin/sleep\n", gone.id(), innocent.id());
    std::fs::write(layout.lock(), text).unwrap();
    assert_eq!((holder(&layout), left_running(&layout)), (Some(format!("pyve init (process {})", gone.id())), None));
    let mut file = std::fs::File::open(layout.lock()).unwrap();
    Holder::of(&mut file).wait(&file, &console());
    assert_eq!(innocent.try_wait().unwrap(), None);
    innocent.kill().unwrap();
    innocent.wait().unwrap();
    drop(lock);
}

#[test]
fn a_lock_file_removed_by_its_holder_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path(), &Default::default());
    let mine = Lock::wait(&layout, "pyve purge", &console()).unwrap();
    let mut other = start(&layout);
    let mut stderr = BufReader::new(other.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("waiting") {
        said.clear();
        assert_ne!(stderr.read_line(&mut said).unwrap(), 0);
    }
    std::fs::remove_dir_all(layout.state()).unwrap();
    drop(mine);
    let _out = until_locked(&mut other);
    assert!(layout.lock().exists());
    assert!(Lock::attempt(&layout, "pyve run").is_none());
    drop(other.stdin.take());
    other.wait().unwrap();
}

#[test]
fn a_project_that_cannot_be_written_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path(), &Default::default());
    std::fs::create_dir(layout.folder()).unwrap();
    std::fs::write(layout.state(), "").unwrap();
    let failure = Lock::wait(&layout, "pyve init", &console()).err().unwrap();
    assert_eq!(failure.message, "`.pyve/state` is not a directory");
    let (state, remedy) = (layout.state().display().to_string(), failure.remedy.to_string());
    assert_eq!(remedy, format!("move it away: `mv {state} {state}.old`"));
    assert!(Lock::attempt(&layout, "pyve init").is_none());
}

#[cfg(unix)]
#[test]
fn a_lock_that_is_no_file_of_the_project_is_refused_and_what_it_leads_to_stays() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path().join("project"), &Default::default());
    let precious = folder.path().join("id_rsa");
    std::fs::write(&precious, "mine").unwrap();
    std::fs::create_dir_all(layout.state()).unwrap();
    let path = layout.lock();
    let plant: [(&str, &dyn Fn()); 4] = [
        ("a symbolic link to", &|| symlink(&precious, &path).unwrap()),
        ("a directory", &|| std::fs::create_dir(&path).unwrap()),
        ("a pipe or a device", &|| {
            assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        }),
        ("it has other names", &|| std::fs::hard_link(&precious, &path).unwrap()),
    ];
    for (what, plant) in plant {
        plant();
        let failure = Lock::wait(&layout, "pyve init", &console()).err().unwrap();
        assert!(failure.message.contains(what), "{}", failure.message);
        assert!(failure.remedy.to_string().contains(&path.display().to_string()));
        assert!(Lock::attempt(&layout, "pyve run").is_none());
        assert_eq!(holder(&layout), None);
        assert_eq!(std::fs::read_to_string(&precious).unwrap(), "mine");
        std::fs::remove_file(&path).or_else(|_| std::fs::remove_dir(&path)).unwrap();
    }
    let away = folder.path().join("away");
    std::fs::rename(layout.state(), &away).unwrap();
    symlink(&away, layout.state()).unwrap();
    let failure = Lock::wait(&layout, "pyve init", &console()).err().unwrap();
    assert_eq!(failure.message, format!("`.pyve/state` is a symbolic link to `{}`", away.display()));
    assert_eq!(std::fs::read_dir(&away).unwrap().count(), 0);
}
