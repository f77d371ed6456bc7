/** What the two HTTP programs have in common: how they start, guard their doors, frame their streams and tell of failures. */
@org.jspecify.annotations.NullMarked
package dev.rbees.service;
