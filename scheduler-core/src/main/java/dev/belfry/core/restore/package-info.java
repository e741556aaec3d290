/** What a namespace remembers of having been put back to a copy. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.restore;
