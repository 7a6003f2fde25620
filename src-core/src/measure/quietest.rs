//! Keeps the quietest of many frames.

/// One frame that is kept.
#[derive(Clone, Debug)]
pub(super) struct Kept<T> {
    /// Its power.
    pub power: f64,
    /// Its number in the file.
    pub index: u64,
    /// What was made of it.
    pub value: T,
}

/// The quietest frames so far, at most so many. What is costly to make of a frame is only made of those that enter, which for a
/// long file are few: about the capacity times the logarithm of the length.
#[derive(Clone, Debug)]
pub(super) struct Quietest<T> {
    most: usize,
    kept: Vec<Kept<T>>,
}

impl<T> Quietest<T> {
    /// Room for `most` frames.
    pub fn new(most: usize) -> Self {
        Self { most, kept: Vec::with_capacity(most) }
    }

    /// Takes the frame if it is among the quietest.
    pub fn offer(&mut self, power: f64, index: u64, make: impl FnOnce() -> T) {
        if self.kept.len() < self.most {
            self.kept.push(Kept { power, index, value: make() });
        } else if let Some(loudest) = self.kept.iter_mut().max_by(|a, b| a.power.total_cmp(&b.power))
            && power < loudest.power
        {
            *loudest = Kept { power, index, value: make() };
        }
    }

    /// All that was kept, quietest first.
    pub fn finish(mut self) -> Vec<Kept<T>> {
        self.kept.sort_by(|a, b| a.power.total_cmp(&b.power).then(a.index.cmp(&b.index)));
        self.kept
    }
}
