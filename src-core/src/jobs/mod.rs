//! The use cases. Alone knows the order of the stages; progress and cancelling live here.
