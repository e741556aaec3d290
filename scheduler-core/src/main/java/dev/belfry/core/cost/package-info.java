/** What definitions cost in ZooKeeper, as a pure model with its arithmetic, and the budget of a namespace. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.cost;
