/**
 * The models that rbees knows by name, and how a model is referred to. The catalog is read once from this jar; everything
 * else is values, for any thread.
 */
@NullMarked
package dev.rbees.api.model;

import org.jspecify.annotations.NullMarked;
