//! What the policy means: role, metric and traffic, in that order.
