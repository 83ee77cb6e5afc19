//! Work shared among the cores while it is still being planned.

use std::panic::resume_unwind;
use std::sync::{Mutex, mpsc};
use std::thread::{Builder, ScopedJoinHandle, available_parallelism, scope};

/// More threads wait for the file system than are of use to it.
const MOST: usize = 8;

/// Does `work` with each job that `plan` gives, while it goes on planning. Returns what the plan does, and the results in no
/// order; the first failure ends it. Where the system refuses a thread there are fewer of them, down to this one alone.
pub fn on_all_cores<Job: Send, Plan, Artifact: Send, Error: Send>(
    plan: impl FnOnce(&dyn Fn(Job)) -> Result<Plan, Error>,
    work: impl Fn(Job) -> Result<Artifact, Error> + Sync,
) -> Result<(Plan, Vec<Artifact>), Error> {
    let cores = available_parallelism().map_or(1, usize::from).min(MOST);
    let (giver, taker) = mpsc::channel::<Job>();
    let taker = Mutex::new(taker);
    let next = || taker.lock().ok()?.recv().ok();
    let worker = || {
        let mut made = Vec::new();
        while let Some(job) = next() {
            made.push(work(job)?);
        }
        Ok(made)
    };
    scope(|scope| {
        let start = |_| Builder::new().spawn_scoped(scope, worker).ok();
        let threads: Vec<_> = (1..cores).map_while(start).collect();
        // What nobody has taken by the end of the plan, this thread does with the others.
        let planned = plan(&|job| drop(giver.send(job)));
        drop(giver);
        let mine = planned.and_then(|plan| Ok((plan, worker()?)));
        let ended = |thread: ScopedJoinHandle<_>| thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        // All of them are waited for, whoever failed first.
        let others: Vec<Result<Vec<Artifact>, Error>> = threads.into_iter().map(ended).collect();
        let (plan, mut all) = mine?;
        for made in others {
            all.extend(made?);
        }
        Ok((plan, all))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_done_and_a_failure_is_the_outcome() {
        fn hundred(give: &dyn Fn(u32)) -> Result<(), &'static str> {
            (0..100).for_each(give);
            Ok(())
        }
        let ((), mut done) = on_all_cores(hundred, |job| Ok(job * 2)).unwrap();
        done.sort_unstable();
        assert_eq!(done, (0..100).map(|job| job * 2).collect::<Vec<_>>());
        let failed = on_all_cores(hundred, |job| if job == 70 { Err("seventy") } else { Ok(()) });
        assert_eq!(failed, Err("seventy"));
        let none = |_: &dyn Fn(u32)| Err::<(), _>("planned");
        assert_eq!(on_all_cores(none, |job: u32| Ok(job)), Err("planned"));
    }
}
