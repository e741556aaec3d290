/** Who owns which shard since when: generations, the assignment table, and how both are stored. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.ownership;
