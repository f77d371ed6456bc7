/** Tenants and their quotas, as operators set them and see them. Values, checked when they are made; for any thread. */
@NullMarked
package dev.rbees.api.tenant;

import org.jspecify.annotations.NullMarked;
