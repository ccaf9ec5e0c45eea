// Three steps that depend on each other: a contract, a call of it, and another contract.
import { buildModule } from '@nomicfoundation/hardhat-ignition/modules';

export default buildModule('Counting', (m) => {
  const counter = m.contract('Counter', [7n], { value: 3n });
  const added = m.call(counter, 'add', [5n]);
  const second = m.contract('Counter', [8n], { id: 'Second', after: [added] });
  return { counter, second };
});
