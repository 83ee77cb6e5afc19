//! What uses what, and where that goes round in a circle.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What each uses.
pub type Graph = BTreeMap<String, BTreeSet<String>>;

/// The sets of those that all use each other, directly or not; the largest first.
pub fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        graph.keys().map(|from| (from.as_str(), reach(graph, from))).collect();
    let circle = |from: &str| -> Vec<String> {
        reached[from].iter().filter(|other| reached[**other].contains(from)).map(ToString::to_string).collect()
    };
    let circles: BTreeSet<Vec<String>> =
        graph.keys().map(|from| circle(from)).filter(|circle| circle.len() > 1).collect();
    let mut circles: Vec<_> = circles.into_iter().collect();
    circles.sort_by_key(|circle| Reverse(circle.len()));
    circles
}

/// All that is used by `from`, directly or not.
fn reach<'a>(graph: &'a Graph, from: &'a str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(next) = open.pop() {
        let others = graph.get(next).into_iter().flatten().filter_map(|other| graph.get_key_value(other));
        open.extend(others.map(|(other, _)| other.as_str()).filter(|other| reached.insert(*other)));
    }
    reached
}
