//! The same work for each of many things, with a thread for each processor.

use std::thread;

/// The outcomes in the order of the things. Where a thread cannot be had, its part is done by this one.
pub fn side_by_side<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let part = things.len().div_ceil(threads).max(1);
    let all = |part: &[T]| -> Vec<R> { part.iter().map(&work).collect() };
    let all = &all;
    thread::scope(|scope| {
        let start = |part| (part, thread::Builder::new().spawn_scoped(scope, move || all(part)));
        let started: Vec<_> = things.chunks(part).map(start).collect();
        let ended = |(part, thread): (_, Result<thread::ScopedJoinHandle<'_, _>, _>)| {
            thread.ok().and_then(|thread| thread.join().ok()).unwrap_or_else(|| all(part))
        };
        started.into_iter().flat_map(ended).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_keep_the_order() {
        let numbers: Vec<usize> = (0..1000).collect();
        assert_eq!(side_by_side(&numbers, |number| number * 2), (0..1000).map(|number| number * 2).collect::<Vec<_>>());
        assert!(side_by_side(&[] as &[usize], |number| *number).is_empty());
    }
}
