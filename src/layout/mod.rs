//! Which interfaces count, and which cluster networks they form.
