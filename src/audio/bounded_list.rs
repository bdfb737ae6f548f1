//! A list that keeps its first items and counts the rest, so that no file can fill the memory.

use serde::{Deserialize, Serialize};

/// The first items of a list and the number of all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing<T> {
    /// The first items, at most [`Listing::KEPT`] unless more were pushed with
    /// [`Listing::push_always`].
    pub first: Vec<T>,
    /// How many there were in all.
    pub count: u64,
}

impl<T> Listing<T> {
    /// How many items are kept.
    pub const KEPT: usize = 16;

    /// Counts the item, and keeps it if it is among the first.
    pub fn push(&mut self, item: T) {
        if self.first.len() < Self::KEPT {
            self.first.push(item);
        }
        self.count += 1;
    }

    /// Counts and keeps the item.
    pub fn push_always(&mut self, item: T) {
        self.first.push(item);
        self.count += 1;
    }

    /// Whether there was nothing to list.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many items were counted and not kept.
    pub fn left_out(&self) -> u64 {
        self.count.saturating_sub(self.first.len() as u64)
    }

    /// The kept items.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.first.iter()
    }
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self { first: Vec::new(), count: 0 }
    }
}

impl<'a, T> IntoIterator for &'a Listing<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_kept_and_all_are_counted() {
        let mut list = Listing::default();
        (0..100).for_each(|item| list.push(item));
        list.push_always(100);
        assert_eq!(
            list.iter().copied().collect::<Vec<_>>(),
            [(0..16).collect(), vec![100]].concat()
        );
        assert_eq!((list.count, list.left_out()), (101, 84));
    }
}
