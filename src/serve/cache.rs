//! What was made for a request and may be asked for again, up to a number of bytes.
//!
//! There are two generations: when the young one is full, it becomes the old one, and what is left of the old
//! one is dropped. Nothing is made under the lock. A request for an item that is being made waits for that item only.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Most bytes in a generation.
const GENERATION: usize = 16 * 1024 * 1024;

/// What every item costs besides its bytes.
const OVERHEAD: usize = 256;

/// Whose size is counted.
pub(super) trait Weigh {
    /// Returns its size in bytes.
    fn weight(&self) -> usize;
}

type Slot<T> = Arc<OnceLock<Option<T>>>;

/// A bounded cache. What cannot be made is remembered too.
#[derive(Debug)]
pub(super) struct Cache<K, T> {
    generations: Mutex<Generations<K, T>>,
    most: usize,
}

#[derive(Debug)]
struct Generations<K, T> {
    young: HashMap<K, Slot<T>>,
    old: HashMap<K, Slot<T>>,
    /// Bytes of the young generation.
    size: usize,
}

impl<K, T> Default for Cache<K, T> {
    fn default() -> Self {
        Self::of(GENERATION)
    }
}

impl<K, T> Cache<K, T> {
    fn of(most: usize) -> Self {
        let (young, old) = (HashMap::new(), HashMap::new());
        Self { generations: Mutex::new(Generations { young, old, size: 0 }), most }
    }

    fn lock(&self) -> MutexGuard<'_, Generations<K, T>> {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq, T: Clone + Weigh> Cache<K, T> {
    /// Returns what is known under `key`, or else makes it.
    pub(super) fn get(&self, key: K, make: impl FnOnce() -> Option<T>) -> Option<T> {
        let slot = self.lock().slot(key);
        let mut made = None;
        let found = slot.get_or_init(|| {
            let item = make();
            made = Some(weight(item.as_ref()));
            item
        });
        if let Some(weight) = made {
            self.lock().grow(weight, self.most);
        }
        found.clone()
    }
}

fn weight<T: Weigh>(item: Option<&T>) -> usize {
    OVERHEAD + item.map_or(0, Weigh::weight)
}

impl<K: Hash + Eq, T: Weigh> Generations<K, T> {
    /// Returns the slot of `key` in the young generation.
    fn slot(&mut self, key: K) -> Slot<T> {
        if let Some(slot) = self.young.get(&key) {
            return slot.clone();
        }
        let slot = self.old.remove(&key).unwrap_or_default();
        if let Some(item) = slot.get() {
            self.size += weight(item.as_ref());
        }
        self.young.insert(key, slot.clone());
        slot
    }

    /// Counts bytes, and begins a new generation when they are too many.
    fn grow(&mut self, weight: usize, most: usize) {
        self.size += weight;
        if self.size > most {
            self.old = std::mem::take(&mut self.young);
            self.size = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Weigh for Arc<Vec<u8>> {
        fn weight(&self) -> usize {
            self.len()
        }
    }

    fn held(cache: &Cache<usize, Arc<Vec<u8>>>) -> usize {
        let state = cache.lock();
        let slots = state.young.values().chain(state.old.values());
        slots.map(|slot| weight(slot.get().and_then(Option::as_ref))).sum()
    }

    #[test]
    fn it_never_holds_more_than_two_generations_and_the_last_item() {
        let (most, size) = (10_000, 1000);
        let cache = Cache::of(most);
        for key in 0..1000 {
            // Every item is asked for twice, and the first one always.
            for key in [key, 0, key] {
                let item = cache.get(key, || (key % 7 > 0).then(|| Arc::new(vec![1; size])));
                assert_eq!(item.is_some(), key % 7 > 0);
            }
            assert!(held(&cache) <= 2 * (most + size + OVERHEAD), "{}", held(&cache));
        }
        assert!(held(&cache) > most / 2, "it holds something");
    }

    #[test]
    fn an_item_is_made_once_and_others_are_made_meanwhile() {
        let cache: Cache<&str, Arc<Vec<u8>>> = Cache::default();
        let (made, barrier) = (Mutex::new(Vec::new()), std::sync::Barrier::new(2));
        std::thread::scope(|scope| {
            // Each waits inside for the other: this ends only if no lock is held.
            for key in ["a", "b"] {
                let make = |key| {
                    barrier.wait();
                    made.lock().unwrap().push(key);
                    Some(Arc::new(vec![0]))
                };
                let cache = &cache;
                let make = std::sync::Arc::new(make);
                for _ in 0..4 {
                    let make = make.clone();
                    scope.spawn(move || assert!(cache.get(key, || make(key)).is_some()));
                }
            }
        });
        let mut made = made.into_inner().unwrap();
        made.sort_unstable();
        assert_eq!(made, ["a", "b"]);
    }
}
