//! Sorting lists of our own types. The standard library's sort is compiled again for each type that it sorts, five kilobytes
//! every time; here only the exchange of the items is, and the sort itself once, for their places. To collect a sorted set or
//! map sorts, too, and is compiled again for each iterator.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Sorts as [`slice::sort_by`] does: what is equal keeps its order.
///
/// ```
/// let mut words = vec!["bb", "a", "cc"];
/// pyve_formats::sorted::by(&mut words, |one, other| one.len().cmp(&other.len()));
/// assert_eq!(words, ["a", "bb", "cc"]);
/// ```
pub fn by<T>(items: &mut Vec<T>, mut compare: impl FnMut(&T, &T) -> Ordering) {
    let places = places(items.len(), &mut |one, other| compare(&items[one], &items[other]));
    let mut left: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(places.into_iter().filter_map(|place| left.get_mut(place)?.take()));
}

/// Sorts as [`slice::sort_by_key`] does.
pub fn by_key<T, K: Ord>(items: &mut Vec<T>, mut key: impl FnMut(&T) -> K) {
    by(items, |one, other| key(one).cmp(&key(other)));
}

/// Collects a set, item by item.
pub fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// Collects a map, pair by pair; of two with one key the later counts.
pub fn map<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(pairs);
    map
}

/// The places of the items, in the order that they are to have.
#[inline(never)]
fn places(length: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..length).collect();
    places.sort_by(|one, other| compare(*one, *other));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        for length in 0..200_usize {
            let items: Vec<(usize, usize)> = (0..length).map(|at| (at * 7919 % 13, at)).collect();
            let (mut ours, mut theirs) = (items.clone(), items);
            by_key(&mut ours, |item| item.0);
            theirs.sort_by_key(|item| item.0);
            assert_eq!(ours, theirs);
        }
    }
}
