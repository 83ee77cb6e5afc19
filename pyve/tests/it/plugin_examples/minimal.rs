//! The shortest example: made by the interpreter alone.

use pyve_testkit::interpreter;

use super::{runs_without_a_record, world_with};

#[test]
fn what_it_made_runs_without_a_record_and_not_at_another_place() {
    let Some(python) = interpreter(3, 10) else { return };
    let world = world_with("pyve_minimal").python(python);
    world.write("minimal.txt", "");
    world.pyve().args(["init", "--no-direnv"]).run().success();
    let (ran, moved) = runs_without_a_record(&world, &["python", "-c", "import sys; print(sys.prefix)"]);
    assert_eq!((ran.out().as_str(), ran.err().as_str()), ("[PROJECT]/.minimal\n", ""), "{ran}");
    insta::assert_snapshot!(moved, @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: the environment at `.minimal` was moved or copied from `[PROJECT]/.minimal`
      the scripts in it name the old place
      project: [ROOT]/copy
    hint: recreate it here: `pyve init --force`
    ");
}
