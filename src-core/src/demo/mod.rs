//! A short built-in song, synthesised: a good reference, a faulty mix and its stems.
