//! Work on many files at once, inside a view.
//!
//! A view is made under a lock that other threads wait for. A pool that steals work could give the waiting thread a
//! probe which asks for the very view that it is making; threads of our own cannot.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Files that one thread takes at a time: at most so many, and of few files so few that no thread waits for the last one
/// to finish its own.
const CHUNK: usize = 16;
/// How often each thread comes back for more, at least.
const ROUNDS: usize = 4;
/// Fewer files than this take as long as another thread takes to start.
const FEW: usize = 8;

/// The answers of `work` for each item, in the order of the items.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let chunk = (items.len() / (threads() * ROUNDS)).clamp(1, CHUNK);
    map_chunks(items, if items.len() < FEW { FEW } else { chunk }, work)
}

/// The same for items each of which is much work.
pub(crate) fn map_each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    map_chunks(items, 1, work)
}

/// How many processors there are; to ask the system takes reading its files.
fn threads() -> usize {
    static THREADS: LazyLock<usize> = LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from));
    *THREADS
}

fn map_chunks<T: Sync, R: Send>(items: &[T], chunk: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = threads().min(items.len() / chunk);
    if threads <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done: Vec<(usize, Vec<R>)> = Vec::new();
        loop {
            let start = next.fetch_add(chunk, Ordering::Relaxed);
            let Some(rest) = items.get(start..) else { return done };
            if rest.is_empty() {
                return done;
            }
            done.push((start, rest.iter().take(chunk).map(&work).collect()));
        }
    };
    let mut chunks: Vec<(usize, Vec<R>)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(take)).collect();
        let own = take();
        let joined =
            others.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        std::iter::once(own).chain(joined).flatten().collect()
    });
    chunks.sort_by_key(|&(start, _)| start);
    chunks.into_iter().flat_map(|(_, answers)| answers).collect()
}
