/**
 * The tools behind the scripts: they look at a namespace from outside, as an operator does, and speak to ZooKeeper
 * directly, since ACLs, four-letter words and foreign records are no business of the store port.
 */
@org.jspecify.annotations.NullMarked
package dev.belfry.scripts;
