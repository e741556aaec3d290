/** The domain, pure: everything that decides. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core;
