"""A module for each verb, and what verbs share."""
