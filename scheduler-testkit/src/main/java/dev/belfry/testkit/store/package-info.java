/**
 * The simulated store: a ZooKeeper ensemble and its clients in virtual time, with every fault that a real one has.
 *
 * <p>{@link dev.belfry.testkit.store.SimEnsemble} is the way in.
 */
@org.jspecify.annotations.NullMarked
package dev.belfry.testkit.store;
