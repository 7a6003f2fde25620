//! Pure signal processing: transforms, filters, envelopes, oversampling. No files, no decisions.
