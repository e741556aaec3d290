/**
 * The port to the coordination store: a versioned tree with sessions, multis, watches and an election.
 *
 * <p>Two implementations exist: Curator on real ZooKeeper ({@code dev.belfry.store.zk}) and the simulated store of the
 * testkit. One contract test runs against both.
 */
@org.jspecify.annotations.NullMarked
package dev.belfry.store;
