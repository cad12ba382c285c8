import { render } from 'preact';
import { resume } from './account.ts';
import { Page } from './page.tsx';
import './style.css';

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no element #app.');
resume();
render(<Page />, root);
