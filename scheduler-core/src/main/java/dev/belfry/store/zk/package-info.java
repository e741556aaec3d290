/**
 * The store port on real ZooKeeper. The only package that imports ZooKeeper and Curator; neither appears in a public
 * signature.
 *
 * <p>Curator manages connection, authentication, TLS, the server list and the election. Everything else goes through the
 * raw handle of one session, which can never execute a request in another one: see
 * {@code docs/adr/0006-curator-and-raw-handle.md}.
 */
@org.jspecify.annotations.NullMarked
package dev.belfry.store.zk;
