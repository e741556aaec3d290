<<<<<<< HEAD
/** Who owns a shard, and for how long: assignment table, lease, epoch, hand-over. */
=======
/** Who owns which shard since when: generations, the assignment table, and how both are stored. */
>>>>>>> assign
@org.jspecify.annotations.NullMarked
package dev.belfry.core.ownership;
