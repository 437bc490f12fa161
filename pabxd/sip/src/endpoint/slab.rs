//! Values under small ids that are never mistaken for a later value in the same place.

/// A place and how often it was given out before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Id {
    place: u32,
    generation: u32,
}

#[derive(Debug)]
struct Place<T> {
    generation: u32,
    value: Option<T>,
}

/// See [`Id`]. Freed places are used again; memory stays at the high-water mark, which the user bounds.
#[derive(Debug)]
pub(crate) struct Slab<T> {
    places: Vec<Place<T>>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { places: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slab<T> {
    pub(crate) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    pub(crate) fn insert(&mut self, value: T) -> Id {
        if let Some(place) = self.free.pop()
            && let Some(entry) = self.places.get_mut(index(place))
        {
            entry.value = Some(value);
            return Id { place, generation: entry.generation };
        }
        let place = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.places.push(Place { generation: 0, value: Some(value) });
        Id { place, generation: 0 }
    }

    pub(crate) fn get(&self, id: Id) -> Option<&T> {
        self.places.get(index(id.place)).filter(|entry| entry.generation == id.generation)?.value.as_ref()
    }

    pub(crate) fn get_mut(&mut self, id: Id) -> Option<&mut T> {
        self.places.get_mut(index(id.place)).filter(|entry| entry.generation == id.generation)?.value.as_mut()
    }

    pub(crate) fn remove(&mut self, id: Id) -> Option<T> {
        let entry = self.places.get_mut(index(id.place)).filter(|entry| entry.generation == id.generation)?;
        let value = entry.value.take()?;
        entry.generation = entry.generation.wrapping_add(1);
        self.free.push(id.place);
        Some(value)
    }
}

fn index(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_id_does_not_reach_the_new_value() {
        let mut slab = Slab::default();
        let old = slab.insert('a');
        assert_eq!(slab.remove(old), Some('a'));
        let new = slab.insert('b');
        assert_eq!(slab.get(old), None);
        assert_eq!(slab.remove(old), None);
        assert_eq!((slab.get(new), slab.len()), (Some(&'b'), 1));
    }
}
